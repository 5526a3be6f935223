import { Metadata, status, type ServerUnaryCall, type ServerWritableStream } from '@grpc/grpc-js';
import { aborted } from '../aborted';
import { systemClock, type Clock } from '../clock';
import { encode, type EndedCall, type MethodDefinition, type ServiceDefinition, type WireStatus } from './definition';

export interface CallContext {
  /** Aborted when the caller gave up, its deadline passed, or the server was closed. */
  readonly signal: AbortSignal;
  /** Time the caller leaves, from when the call arrived; Infinity when it set none. */
  readonly deadlineMs: number;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export type AnyHandler = (request: unknown, context: CallContext) => Promise<unknown> | AsyncIterable<unknown>;

interface CallOptions {
  toStatus: (error: unknown) => WireStatus;
  onCall?: (call: EndedCall) => void;
}

export type Callback = (error: object | null, value?: Buffer) => void;

interface Bound {
  definition: ServiceDefinition;
  method: MethodDefinition;
  handler: AnyHandler;
}

type AnyCall = ServerUnaryCall<Buffer, Buffer> | ServerWritableStream<Buffer, Buffer>;

/** Runs calls: gives each its context, and every failure its answer. */
export class CallsUnderWay {
  private readonly unaries = new Set<AbortController>();
  private readonly streams = new Set<AbortController>();

  constructor(
    private readonly options: CallOptions,
    private readonly clock: Clock,
  ) {}

  async unary(bound: Bound, call: ServerUnaryCall<Buffer, Buffer>, callback: Callback): Promise<void> {
    const failure = await this.within(bound, call, this.unaries, async (context) => {
      const { requestType, responseType } = bound.method;
      const response = await (bound.handler(requestType.decode(call.request), context) as Promise<unknown>);
      callback(null, encode(responseType, response));
    });
    if (failure) callback(failure);
  }

  async stream(bound: Bound, call: ServerWritableStream<Buffer, Buffer>): Promise<void> {
    const failure = await this.within(bound, call, this.streams, async (context) => {
      const { requestType, responseType } = bound.method;
      const items = bound.handler(requestType.decode(call.request), context) as AsyncIterable<unknown>;
      for await (const item of until(items, context.signal)) {
        if (!call.write(encode(responseType, item))) await drained(call, context.signal);
      }
    });
    if (failure) call.emit('error', failure);
    else call.end();
  }

  endStreams(): void {
    for (const abort of this.streams) abort.abort(new Error('the server is being closed'));
  }

  endAll(): void {
    this.endStreams();
    for (const abort of this.unaries) abort.abort(new Error('the server is being closed'));
  }

  /** Runs one call; the error to answer with, if it failed. Never rejects. */
  private async within(
    { definition, method }: Bound,
    call: AnyCall,
    active: Set<AbortController>,
    work: (context: CallContext) => Promise<void>,
  ): Promise<object | undefined> {
    const abort = new AbortController();
    const onCancelled = () => abort.abort(new Error('the caller gave up or its deadline passed'));
    call.on('cancelled', onCancelled);
    if (call.cancelled) onCancelled();
    active.add(abort);
    const began = this.clock.now();
    const report = (code: number, error?: unknown) => {
      const durationMs = Math.max(0, this.clock.now() - began);
      this.tell({ service: definition.fullName, method: method.name, code, durationMs, error });
    };
    try {
      await work({ signal: abort.signal, deadlineMs: deadlineOf(call), metadata: call.metadata.getMap() });
      report(status.OK);
      return undefined;
    } catch (error) {
      const answer = this.statusOf(error);
      report(answer.code, error);
      return wireError(answer);
    } finally {
      active.delete(abort);
    }
  }

  private tell(call: EndedCall): void {
    try {
      this.options.onCall?.(call);
    } catch {
      // An observer must not decide how a call ends.
    }
  }

  private statusOf(error: unknown): WireStatus {
    try {
      return this.options.toStatus(error);
    } catch {
      return { code: status.INTERNAL, message: 'internal error' };
    }
  }
}

/** gRPC counts deadlines in the machine's time. */
function deadlineOf(call: AnyCall): number {
  const deadline = Number(call.getDeadline());
  return Number.isFinite(deadline) ? Math.max(0, deadline - systemClock.now()) : Infinity;
}

function wireError({ code, message, trailers = {} }: WireStatus): object {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(trailers)) metadata.set(name, value);
  return Object.assign(new Error(message), { code, details: message, metadata });
}

/** The items until the signal is aborted, though the source may be waiting for something that never comes. */
async function* until<T>(items: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = items[Symbol.asyncIterator]();
  const end = aborted(signal).then(() => ({ done: true }) as const);
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), end]);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    // A generator that waits for something cannot be ended before that comes: nobody waits for it.
    void Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}

function drained(call: ServerWritableStream<Buffer, Buffer>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      call.off('drain', go);
      signal.removeEventListener('abort', go);
      resolve();
    };
    call.once('drain', go);
    signal.addEventListener('abort', go, { once: true });
    if (signal.aborted) go();
  });
}
