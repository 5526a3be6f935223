import { rm } from 'node:fs/promises';
import {
  Metadata,
  Server,
  ServerCredentials,
  status,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition as WireService,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { systemClock, type Clock } from '../clock';
import {
  encode,
  pathOf,
  type EndedCall,
  type Message,
  type MethodDefinition,
  type Partially,
  type ServiceDefinition,
  type WireStatus,
} from './definition';
import { prepareSocket, publishSocket, temporaryPath, withdrawSocket, type Mode } from './socket';

export interface CallContext {
  /** Aborted when the caller gave up, its deadline passed, or the server was closed. */
  readonly signal: AbortSignal;
  /** Time the caller leaves, from when the call arrived; Infinity when it set none. */
  readonly deadlineMs: number;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** The functions behind a service, one per method. What they throw becomes the status. */
export type Implementation<D extends ServiceDefinition> = {
  readonly [M in keyof D['methods']]: (
    request: Message<D['methods'][M]['requestType']>,
    context: CallContext,
  ) => D['methods'][M]['responseStream'] extends true
    ? AsyncIterable<Partially<D['methods'][M]['responseType']>>
    : Promise<Partially<D['methods'][M]['responseType']>>;
};

type AnyHandler = (request: unknown, context: CallContext) => Promise<unknown> | AsyncIterable<unknown>;

/** A definition with what stands behind it. */
export interface Service {
  readonly definition: ServiceDefinition;
  readonly handlers: Readonly<Record<string, AnyHandler>>;
}

export function service<D extends ServiceDefinition>(definition: D, implementation: Implementation<D>): Service {
  return { definition, handlers: implementation as unknown as Record<string, AnyHandler> };
}

export interface GrpcServerOptions {
  socketPath: string;
  services: readonly Service[];
  /** The answer to an error. */
  toStatus: (error: unknown) => WireStatus;
  /** Permissions of the socket's folder. Default 0700. */
  directoryMode?: Mode;
  /** Permissions of the socket. Default 0600. */
  socketMode?: Mode;
  /** Called once per call, when it has ended. */
  onCall?: (call: EndedCall) => void;
  clock?: Clock;
}

export interface GrpcServer {
  /** Takes no more calls, ends streams, waits `graceMs` for the other calls under way, and cuts off the rest. */
  close(graceMs?: number): Promise<void>;
}

/**
 * Serves gRPC over a Unix socket.
 *
 * Guarantees: nothing a handler or a caller does ends the server; each failure is answered with toStatus.
 * Throws when the path cannot be used, or another server answers there.
 */
export async function serveGrpc(options: GrpcServerOptions): Promise<GrpcServer> {
  const { socketPath, directoryMode = 0o700, socketMode = 0o600, clock = systemClock } = options;
  await prepareSocket(socketPath, directoryMode);
  const server = new Server();
  const calls = new Calls(options, clock);
  for (const one of options.services) server.addService(...wired(one, calls));
  const temporary = temporaryPath(socketPath);
  await rm(temporary, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix:${temporary}`, ServerCredentials.createInsecure(), (error) => {
      if (error) reject(new Error(`cannot listen on ${socketPath}: ${error.message}`, { cause: error }));
      else resolve();
    });
  });
  const inode = await publishSocket(temporary, socketPath, socketMode);
  return {
    close: async (graceMs = 5_000) => {
      await withdrawSocket(socketPath, inode);
      calls.endStreams();
      const patience = new AbortController();
      const late = clock.sleep(graceMs, patience.signal).then(
        () => calls.endAll(),
        () => undefined,
      );
      await Promise.race([new Promise<void>((resolve) => server.tryShutdown(() => resolve())), late]);
      patience.abort();
      server.forceShutdown();
    },
  };
}

function wired({ definition, handlers }: Service, calls: Calls): [WireService, UntypedServiceImplementation] {
  const wire: Record<string, WireService[string]> = {};
  const implementation: UntypedServiceImplementation = {};
  for (const [name, method] of Object.entries(definition.methods)) {
    const { requestStream, responseStream } = method;
    if (requestStream) throw new Error(`${pathOf(definition, method)}: streaming requests are not supported`);
    // Messages are decoded and encoded within the call, where their failures have an answer.
    const bytes = {
      requestSerialize: same,
      requestDeserialize: same,
      responseSerialize: same,
      responseDeserialize: same,
    };
    wire[name] = { path: pathOf(definition, method), requestStream, responseStream, originalName: name, ...bytes };
    const handler = handlers[name];
    if (!handler) continue;
    const bound = { definition, method, handler: handler.bind(handlers) };
    implementation[name] = responseStream
      ? (call: ServerWritableStream<Buffer, Buffer>) => void calls.stream(bound, call)
      : (call: ServerUnaryCall<Buffer, Buffer>, callback: Callback) => void calls.unary(bound, call, callback);
  }
  return [wire, implementation];
}

const same = (bytes: Buffer): Buffer => bytes;

type Callback = (error: object | null, value?: Buffer) => void;

interface Bound {
  definition: ServiceDefinition;
  method: MethodDefinition;
  handler: AnyHandler;
}

type AnyCall = ServerUnaryCall<Buffer, Buffer> | ServerWritableStream<Buffer, Buffer>;

/** The calls under way. */
class Calls {
  private readonly unaries = new Set<AbortController>();
  private readonly streams = new Set<AbortController>();

  constructor(
    private readonly options: GrpcServerOptions,
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
  const aborted = new Promise<{ done: true }>((resolve) => {
    if (signal.aborted) resolve({ done: true });
    signal.addEventListener('abort', () => resolve({ done: true }), { once: true });
  });
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), aborted]);
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
