import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface Received {
  method: string;
  path: string;
  query: Record<string, string>;
  url: string;
  headers: IncomingMessage['headers'];
  body: unknown;
}

export type Reply = (response: ServerResponse, request: Received) => void;

/** An HTTP server that answers what a test tells it to: each request takes the first script that fits. */
export class ScriptedServer {
  readonly received: Received[] = [];
  readonly sockets = new Set<Socket>();
  connections = 0;
  private readonly scripts: { fits: (request: Received) => boolean; reply: Reply; times: number }[] = [];
  private readonly waiting = new Set<() => void>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<ScriptedServer> {
    const server = createServer();
    const scripted = new ScriptedServer(server);
    server.on('connection', (socket) => {
      scripted.connections++;
      scripted.sockets.add(socket);
      socket.on('close', () => scripted.sockets.delete(socket));
    });
    server.on('request', (request, response) => scripted.serve(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return scripted;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The first `times` requests that fit get this reply; scripts added earlier come first. */
  on(fits: (request: Received) => boolean, reply: Reply, times = Infinity): this {
    this.scripts.push({ fits, reply, times });
    return this;
  }

  always(reply: Reply): this {
    return this.on(() => true, reply);
  }

  count(fits: (request: Received) => boolean): number {
    return this.received.filter(fits).length;
  }

  /** Resolves once `count` requests that fit have arrived. */
  async arrived(count: number, fits: (request: Received) => boolean = () => true): Promise<void> {
    while (this.count(fits) < count) await new Promise<void>((resolve) => this.waiting.add(resolve));
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private serve(message: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    message.on('data', (chunk: Buffer) => chunks.push(chunk));
    message.on('end', () => {
      const url = new URL(message.url!, 'http://server');
      const text = Buffer.concat(chunks).toString();
      const request: Received = {
        method: message.method!,
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        url: message.url!,
        headers: message.headers,
        body: text ? JSON.parse(text) : undefined,
      };
      this.received.push(request);
      const script = this.scripts.find(({ fits, times }) => times > 0 && fits(request));
      if (script) script.times--;
      (script?.reply ?? notScripted)(response, request);
      for (const resolve of this.waiting) resolve();
      this.waiting.clear();
    });
  }
}

const notScripted: Reply = (response, request) =>
  void response.writeHead(500, { 'content-type': 'text/plain' }).end(`not scripted: ${request.method} ${request.url}`);

export const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}): Reply =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

export const status = (code: number, reason: string, details?: object, headers?: Record<string, string>): Reply =>
  json(
    { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message: `${reason} it is`, details },
    code,
    headers,
  );

export const reset: Reply = (response) => void response.socket?.resetAndDestroy();
export const silence: Reply = () => undefined;

/** A watch that sends these lines and then stays open; `end` closes it after them. */
export const stream =
  (lines: (object | string | Buffer)[], end = false): Reply =>
  (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    for (const line of lines) {
      response.write(Buffer.isBuffer(line) || typeof line === 'string' ? line : `${JSON.stringify(line)}\n`);
    }
    if (end) response.end();
  };
