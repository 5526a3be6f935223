import { request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import type { JsonObject } from '../../../src/sim/apiserver/object/json';
import { loadConnection } from '../../../src/runtime/kube/config';
import type { Connection } from '../../../src/runtime/kube/connection';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The body as JSON; an empty object when it is none. */
  readonly body: JsonObject;
}

export interface RawCall {
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  readonly userAgent?: string;
  /** Sent as it stands. */
  readonly authorization?: string;
}

/** Requests as they go over the wire, for what a KubeClient does not show. */
export class RawApi {
  private constructor(private readonly connection: Connection) {}

  static async open(kubeconfig: string): Promise<RawApi> {
    return new RawApi(await loadConnection({ kubeconfig }));
  }

  async call(method: string, path: string, call: RawCall = {}): Promise<RawAnswer> {
    const { server, tls, authorization } = this.connection;
    const url = new URL(server + path);
    const body = encoded(call.body);
    const known = call.authorization ?? (await authorization.header());
    const headers = {
      accept: call.accept ?? 'application/json',
      'user-agent': call.userAgent ?? 'conformance/1',
      ...(known ? { authorization: known } : {}),
      ...(body ? { 'content-type': call.contentType ?? 'application/json', 'content-length': body.length } : {}),
    };
    return new Promise((resolve, reject) => {
      const send = url.protocol === 'https:' ? requestSecure : requestPlain;
      const request = send(url, { ...tls, method, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: parsed(text) });
        });
      });
      request.on('error', reject);
      request.end(body);
    });
  }

  get = (path: string, call?: RawCall) => this.call('GET', path, call);
  post = (path: string, body: unknown) => this.call('POST', path, { body });
  put = (path: string, body: unknown) => this.call('PUT', path, { body });
  delete = (path: string, body?: unknown) => this.call('DELETE', path, { body });
  merge = (path: string, body: unknown) => this.patch(path, body, 'merge-patch+json');
  json = (path: string, body: unknown) => this.patch(path, body, 'json-patch+json');
  strategic = (path: string, body: unknown) => this.patch(path, body, 'strategic-merge-patch+json');
  apply = (path: string, fieldManager: string, body: unknown, force = false) =>
    this.patch(`${path}?fieldManager=${fieldManager}${force ? '&force=true' : ''}`, body, 'apply-patch+yaml');

  private patch = (path: string, body: unknown, type: string) =>
    this.call('PATCH', path, { body, contentType: `application/${type}` });
}

function encoded(body: unknown): Buffer | undefined {
  if (body === undefined) return undefined;
  return Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

function parsed(text: string): JsonObject {
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    return {};
  }
}
