import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../clock';
import type { Metrics } from '../metrics';
import type { Component } from './manager';

/** Rejects, with the reason in words, while something is not as it should be. */
export type Check = () => void | Promise<void>;

export interface HttpServerOptions {
  /** Port 0 takes any free one. */
  port: number;
  /** Default: every address. */
  host?: string;
  metrics: Metrics;
  clock: Clock;
  /** A check that takes longer has failed. */
  checkMs?: number;
}

interface Reply {
  status: number;
  body: string;
  contentType?: string;
}

const text = (status: number, body: string): Reply => ({ status, body });

/**
 * Serves /metrics, and health as Kubernetes' own components do: /healthz (is the process worth keeping) and
 * /readyz (can it do its work), each with named checks; `?verbose` lists them, `/readyz/<check>` asks one.
 */
export class HttpServer implements Component {
  readonly name = 'http-server';
  readonly healthz = new Map<string, Check>();
  readonly readyz = new Map<string, Check>();
  private readonly server: Server;
  private readonly listening: Promise<void>;
  private markListening = () => {};

  constructor(private readonly options: HttpServerOptions) {
    this.server = createServer((request, response) => void this.answer(request, response));
    this.listening = new Promise((resolve) => (this.markListening = resolve));
  }

  /** The port once it listens. */
  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Resolves when it listens. */
  ready(): Promise<void> {
    return this.listening;
  }

  /** Serves until the signal is aborted; answers under way are finished. Rejects when it cannot listen. */
  async run(signal: AbortSignal): Promise<void> {
    await this.listen();
    this.markListening();
    if (!signal.aborted) await once(signal, 'abort');
    await new Promise((resolve) => {
      this.server.close(resolve);
      this.server.closeIdleConnections();
    });
  }

  private async listen(): Promise<void> {
    const { port, host } = this.options;
    try {
      const listening = once(this.server, 'listening');
      this.server.listen(port, host);
      await listening;
    } catch (error) {
      const where = `${host ?? ''}:${port}`;
      throw new Error(`cannot serve metrics and health on ${where}: ${(error as Error).message}`, { cause: error });
    }
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const reply = await this.reply(request).catch((error: unknown) => text(500, `${String(error)}\n`));
    response.writeHead(reply.status, {
      'content-type': reply.contentType ?? 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
    });
    response.end(request.method === 'HEAD' ? undefined : reply.body);
  }

  private async reply({ method, url = '/' }: IncomingMessage): Promise<Reply> {
    if (method !== 'GET' && method !== 'HEAD') return text(405, 'only GET and HEAD\n');
    const [path = '', query = ''] = url.split('?');
    const { metrics } = this.options;
    if (path === '/metrics') return { ...text(200, await metrics.text()), contentType: metrics.contentType };
    const [, kind, only, ...rest] = path.split('/');
    const checks = kind === 'healthz' ? this.healthz : kind === 'readyz' ? this.readyz : undefined;
    if (!checks || rest.length > 0) return text(404, 'not found\n');
    if (only) {
      const check = checks.get(only);
      return check ? this.health(kind!, [[only, check]], false) : text(404, `no check '${only.slice(0, 100)}'\n`);
    }
    return this.health(kind!, [...checks], new URLSearchParams(query).has('verbose'));
  }

  private async health(kind: string, checks: [string, Check][], verbose: boolean): Promise<Reply> {
    const verdicts = await Promise.all(
      checks.map(async ([name, check]) => ({ name, failure: await this.failureOf(check) })),
    );
    const lines = verdicts.map(({ name, failure }) => (failure ? `[-]${name} failed: ${failure}` : `[+]${name} ok`));
    const failed = verdicts.some(({ failure }) => failure);
    if (failed) return text(503, [...lines, `${kind} check failed`, ''].join('\n'));
    return text(200, verbose ? [...lines, `${kind} check passed`, ''].join('\n') : 'ok');
  }

  /** Why it failed. */
  private async failureOf(check: Check): Promise<string | undefined> {
    const { clock, checkMs = 5_000 } = this.options;
    const patience = new AbortController();
    const late = clock.sleep(checkMs, patience.signal).then(
      () => `no answer within ${checkMs} ms`,
      () => undefined,
    );
    try {
      const done = Promise.resolve(check()).then(() => undefined);
      return await Promise.race([done, late]);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    } finally {
      patience.abort();
    }
  }
}
