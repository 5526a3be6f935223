/** The generic definitions that ts-proto writes (`outputServices=generic-definitions`), as far as they are used. */
export interface ServiceDefinition {
  readonly fullName: string;
  readonly methods: Readonly<Record<string, MethodDefinition>>;
}

export interface MethodDefinition {
  readonly name: string;
  readonly requestType: MessageType;
  readonly requestStream: boolean;
  readonly responseType: MessageType;
  readonly responseStream: boolean;
}

interface MessageType {
  encode(message: never): { finish(): Uint8Array };
  decode(input: Uint8Array): unknown;
  fromPartial(object: never): unknown;
}

/** What is received. */
export type Message<F> = F extends { decode(...args: never[]): infer T } ? T : never;
/** What may be sent: fields left out have their default. */
export type Partially<F> = F extends { fromPartial(object: infer T): unknown } ? T : never;

export const pathOf = (service: ServiceDefinition, method: MethodDefinition): string =>
  `/${service.fullName}/${method.name}`;

export const encode = (type: MessageType, partial: unknown): Buffer =>
  Buffer.from(type.encode(type.fromPartial((partial ?? {}) as never) as never).finish());

/** A failure as it goes over the wire. */
export interface WireStatus {
  /** A gRPC status code. */
  readonly code: number;
  readonly message: string;
  /** Trailing metadata; ASCII. */
  readonly trailers?: Readonly<Record<string, string>>;
}

/** One call that has ended, for metrics and logs. */
export interface EndedCall {
  /** package.Service */
  readonly service: string;
  readonly method: string;
  readonly code: number;
  readonly durationMs: number;
  /** What was thrown, when something was. */
  readonly error?: unknown;
}
