/** Where an API server is, and how to prove who is asking. */
export interface Connection {
  /** Scheme, host and port; a path prefix is kept. */
  readonly server: string;
  readonly tls: TlsOptions;
  readonly authorization: Authorization;
  /** The namespace of the context or of the pod. */
  readonly namespace?: string;
}

export interface TlsOptions {
  ca?: string | Buffer;
  cert?: string | Buffer;
  key?: string | Buffer;
  servername?: string;
  rejectUnauthorized?: boolean;
}

/** Value of the Authorization header, kept fresh. */
export interface Authorization {
  /** Undefined when there is none (client certificates, or an open port). */
  header(): Promise<string | undefined> | string | undefined;
  /** The server refused the present one: the next header() fetches anew. */
  refused(): void;
}

export const anonymous: Authorization = { header: () => undefined, refused: () => undefined };
