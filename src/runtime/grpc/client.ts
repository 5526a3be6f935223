import {
  Client,
  Metadata,
  credentials,
  status,
  type CallOptions as WireOptions,
  type ClientReadableStream,
  type ServiceError,
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
import { checkSocketPath } from './socket';

export interface CallOptions {
  /** The call ends with DEADLINE_EXCEEDED after this long. Streams have none unless it is given. */
  deadlineMs?: number;
  /** Aborting it ends a call with the signal's reason, and a stream without error. */
  signal?: AbortSignal;
}

/** One function per method. */
export type Calls<D extends ServiceDefinition> = {
  readonly [M in keyof D['methods']]: (
    request: Partially<D['methods'][M]['requestType']>,
    options?: CallOptions,
  ) => D['methods'][M]['responseStream'] extends true
    ? AsyncIterable<Message<D['methods'][M]['responseType']>>
    : Promise<Message<D['methods'][M]['responseType']>>;
};

export interface GrpcClientOptions {
  socketPath: string;
  /** The error to throw for a status that is not OK. */
  fromStatus: (status: WireStatus) => Error;
  /** Of unary calls that name none. Default 20 s. */
  deadlineMs?: number;
  onCall?: (call: EndedCall) => void;
  clock?: Clock;
}

export interface GrpcClient<D extends ServiceDefinition> {
  readonly calls: Calls<D>;
  /** Ends the connection; calls under way fail. */
  close(): void;
}

/** A server on the same machine is back within seconds; one that hangs is noticed by its silence. */
const channelOptions = {
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 2_000,
  'grpc.keepalive_time_ms': 20_000,
  'grpc.keepalive_timeout_ms': 10_000,
};

/**
 * Calls a gRPC service over a Unix socket.
 *
 * Guarantees: every call ends by its deadline, with the server away too: until then it is waited for. A call
 * whose server goes away in the middle fails; the next one finds the server again by itself.
 */
export function grpcClient<D extends ServiceDefinition>(definition: D, options: GrpcClientOptions): GrpcClient<D> {
  checkSocketPath(options.socketPath);
  const client = new Client(`unix:${options.socketPath}`, credentials.createInsecure(), channelOptions);
  const caller = new Caller(definition, client, options);
  const calls = Object.entries(definition.methods).map(([name, method]) => [
    name,
    (request: unknown, call: CallOptions = {}) =>
      method.responseStream ? caller.stream(method, request, call) : caller.unary(method, request, call),
  ]);
  return { calls: Object.fromEntries(calls) as Calls<D>, close: () => client.close() };
}

class Caller {
  private readonly clock: Clock;

  constructor(
    private readonly definition: ServiceDefinition,
    private readonly client: Client,
    private readonly options: GrpcClientOptions,
  ) {
    this.clock = options.clock ?? systemClock;
  }

  async unary(method: MethodDefinition, request: unknown, { signal, deadlineMs }: CallOptions): Promise<unknown> {
    signal?.throwIfAborted();
    const finished = this.begin(method);
    let onAbort = () => {};
    try {
      const bytes = await new Promise<Buffer>((resolve, reject) => {
        const settled = (error: ServiceError | null, value?: Buffer) => (error ? reject(error) : resolve(value!));
        const path = pathOf(this.definition, method);
        const limits = deadline(deadlineMs ?? this.options.deadlineMs ?? 20_000);
        const payload = encode(method.requestType, request);
        const call = this.client.makeUnaryRequest(path, same, same, payload, patient(), limits, settled);
        onAbort = () => call.cancel();
        signal?.addEventListener('abort', onAbort, { once: true });
      });
      const response = method.responseType.decode(bytes);
      finished(status.OK);
      return response;
    } catch (error) {
      finished(codeOf(error), error);
      if (signal?.aborted) throw signal.reason;
      throw this.translated(error);
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  async *stream(
    method: MethodDefinition,
    request: unknown,
    { signal, deadlineMs }: CallOptions,
  ): AsyncGenerator<unknown> {
    if (signal?.aborted) return;
    const finished = this.begin(method);
    const path = pathOf(this.definition, method);
    const limits = deadlineMs === undefined ? {} : deadline(deadlineMs);
    const payload = encode(method.requestType, request);
    const stream = this.client.makeServerStreamRequest<Buffer, Buffer>(path, same, same, payload, patient(), limits);
    const onAbort = () => stream.cancel();
    signal?.addEventListener('abort', onAbort, { once: true });
    // Unless it ends otherwise, the reader has had enough.
    let end: [code: number, error?: unknown] = [status.CANCELLED];
    try {
      for await (const bytes of stream as AsyncIterable<Buffer>) yield method.responseType.decode(bytes);
      end = [status.OK];
    } catch (error) {
      end = [codeOf(error), error];
      if (!signal?.aborted) throw this.translated(error);
    } finally {
      finished(...end);
      signal?.removeEventListener('abort', onAbort);
      abandon(stream);
    }
  }

  private begin(method: MethodDefinition): (code: number, error?: unknown) => void {
    const { onCall } = this.options;
    const began = this.clock.now();
    return (code, error) => {
      const durationMs = Math.max(0, this.clock.now() - began);
      onCall?.({ service: this.definition.fullName, method: method.name, code, durationMs, error });
    };
  }

  /** What did not come from the other end (a message that cannot be encoded) stays as it is. */
  private translated(error: unknown): unknown {
    const { code, details, metadata } = error as Partial<ServiceError>;
    if (typeof code !== 'number') return error;
    const trailers = Object.entries(metadata?.getMap() ?? {}).map(([name, value]) => [name, String(value)]);
    return this.options.fromStatus({
      code,
      message: details ?? String(error),
      trailers: Object.fromEntries(trailers) as Record<string, string>,
    });
  }
}

const same = (bytes: Buffer): Buffer => bytes;

/** Waits for the server instead of failing while there is none. */
const patient = (): Metadata => new Metadata({ waitForReady: true });

/** gRPC counts deadlines in the machine's time. */
const deadline = (ms: number): WireOptions => ({ deadline: systemClock.now() + ms });

const codeOf = (error: unknown): number => (error as Partial<ServiceError>).code ?? status.INTERNAL;

/** Ends a stream that nobody reads any more; what it still says, it says to nobody. */
function abandon(stream: ClientReadableStream<Buffer>): void {
  stream.on('error', () => undefined);
  stream.cancel();
}
