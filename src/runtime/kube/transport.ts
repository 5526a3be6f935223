import { Agent, type Dispatcher } from 'undici';
import type { Clock } from '../clock';
import { newMetrics, type Counter, type Histogram, type Metrics } from '../metrics';
import type { Connection } from './connection';

export interface TransportOptions {
  connection: Connection;
  clock: Clock;
  metrics?: Metrics;
  userAgent?: string;
  /** Time one request may take in all, its retries included; a watch: until its stream begins. */
  deadlineMs?: number;
}

export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  body?: string;
  contentType?: string;
  /** Default: application/json. */
  accept?: string;
}

export interface Answer {
  status: number;
  text: string;
}

const defaultDeadlineMs = 30_000;
/** As client-go. */
const maxAttempts = 10;

/**
 * Requests to one API server over one pool of kept-alive connections.
 *
 * Guarantees: a request ends within its deadline. Only what cannot take effect twice is sent again: reads that
 * were told to come back later (429, 503 with Retry-After) or lost their connection, and anything refused as
 * unauthenticated once, after the credentials were read anew.
 */
export class Transport {
  private readonly agent: Agent;
  private readonly origin: string;
  private readonly prefix: string;
  private readonly host: string;
  private readonly deadlineMs: number;
  private readonly requests: Counter<'code' | 'method' | 'host'>;
  private readonly duration: Histogram<'verb' | 'host'>;

  constructor(private readonly options: TransportOptions) {
    const url = new URL(options.connection.server);
    this.origin = url.origin;
    this.prefix = url.pathname.replace(/\/+$/, '');
    this.host = url.host;
    this.deadlineMs = options.deadlineMs ?? defaultDeadlineMs;
    this.agent = newAgent(options.connection);
    const metrics = options.metrics ?? newMetrics();
    this.requests = metrics.counter({
      name: 'rest_client_requests_total',
      help: 'Number of HTTP requests, partitioned by status code, method, and host.',
      labelNames: ['code', 'method', 'host'],
    });
    this.duration = metrics.histogram({
      name: 'rest_client_request_duration_seconds',
      help: 'Request latency in seconds, partitioned by verb and host.',
      labelNames: ['verb', 'host'],
      buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60],
    });
  }

  /** The whole answer, whatever its status. Rejects when there is none. */
  async send(call: Call): Promise<Answer> {
    const started = this.options.clock.now();
    const abort = new AbortController();
    const timer = this.options.clock.setTimer(this.deadlineMs, () => abort.abort(this.tooLate(call)));
    try {
      return await this.attempts(call, abort.signal, started);
    } finally {
      timer.cancel();
      this.duration.observe(
        { verb: call.method, host: this.host },
        Math.max(0, this.options.clock.now() - started) / 1000,
      );
    }
  }

  /** The body of a successful answer, as it arrives, until the signal is aborted; else the whole answer. */
  async open(call: Call, signal: AbortSignal): Promise<Answer | AsyncIterable<Buffer>> {
    const abort = new AbortController();
    const timer = this.options.clock.setTimer(this.deadlineMs, () => abort.abort(this.tooLate(call)));
    const onAbort = () => abort.abort(signal.reason);
    const release = () => signal.removeEventListener('abort', onAbort);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    try {
      const response = await this.request(call, abort.signal);
      if (response.statusCode === 200) return streamed(response.body, release);
      if (response.statusCode === 401) this.options.connection.authorization.refused();
      const answer = { status: response.statusCode, text: await response.body.text() };
      release();
      return answer;
    } catch (error) {
      release();
      throw error;
    } finally {
      timer.cancel();
    }
  }

  /** Ends every connection; what is still under way rejects. */
  async close(): Promise<void> {
    await this.agent.destroy();
  }

  private async attempts(call: Call, signal: AbortSignal, started: number): Promise<Answer> {
    let resent = false;
    for (let attempt = 1; ; attempt++) {
      let waitMs: number | undefined;
      try {
        const response = await this.request(call, signal);
        const answer = { status: response.statusCode, text: await response.body.text() };
        if (answer.status === 401 && !resent) {
          resent = true;
          this.options.connection.authorization.refused();
          continue;
        }
        waitMs = attempt < maxAttempts ? retryAfterMs(call, response) : undefined;
        const left = this.deadlineMs - (this.options.clock.now() - started);
        if (waitMs === undefined || waitMs >= left) return answer;
      } catch (error) {
        if (resent || signal.aborted || call.method !== 'GET' || !lostConnection(error)) throw error;
        resent = true;
        continue;
      }
      await this.options.clock.sleep(waitMs, signal);
    }
  }

  private async request(call: Call, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const { method, path, body, contentType = 'application/json', accept = 'application/json' } = call;
    const headers: Record<string, string> = {
      accept,
      'user-agent': this.options.userAgent ?? 'meshstor',
    };
    if (body !== undefined) headers['content-type'] = contentType;
    const credentials = this.options.connection.authorization.header();
    const authorization = credentials instanceof Promise ? await credentials : credentials;
    if (authorization) headers.authorization = authorization;
    try {
      const target = { origin: this.origin, path: this.prefix + path };
      const response = await this.agent.request({ ...target, method, headers, body, signal });
      this.requests.inc({ code: response.statusCode, method, host: this.host });
      return response;
    } catch (error) {
      this.requests.inc({ code: '<error>', method, host: this.host });
      if (signal.aborted) throw error;
      throw new Error(`${method} ${this.origin}${path}: ${messageOf(error)}`, { cause: error });
    }
  }

  private tooLate(call: Call): Error {
    return new Error(`${call.method} ${this.origin}${call.path}: no answer within ${this.deadlineMs} ms`);
  }
}

function newAgent({ tls }: Connection): Agent {
  const given = Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined));
  return new Agent({
    // Below the 90 s after which a Go server closes an idle connection: we close first, and never write into
    // a connection that is just being closed.
    keepAliveTimeout: 60_000,
    // Deadlines are ours; a watch is silent for as long as nothing happens.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: 10_000, ...given },
  });
}

async function* streamed(body: AsyncIterable<Buffer>, ended: () => void): AsyncGenerator<Buffer> {
  try {
    yield* body;
  } finally {
    ended();
  }
}

function retryAfterMs(call: Call, response: Dispatcher.ResponseData): number | undefined {
  if (call.method !== 'GET' || (response.statusCode !== 429 && response.statusCode !== 503)) return undefined;
  const seconds = Number(response.headers['retry-after']);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

/** A kept-alive connection that the server closed while the request was on its way to it. */
function lostConnection(error: unknown): boolean {
  const code = ((error as Error).cause as { code?: string } | undefined)?.code;
  return code === 'ECONNRESET' || code === 'EPIPE' || code === 'UND_ERR_SOCKET';
}

function messageOf(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string };
  return message || code || String(error);
}
