import { rm } from 'node:fs/promises';
import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition as WireService,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { systemClock, type Clock } from '../clock';
import { CallsUnderWay, type AnyHandler, type CallContext, type Callback } from './calls';
import {
  pathOf,
  type EndedCall,
  type Message,
  type Partially,
  type ServiceDefinition,
  type WireStatus,
} from './definition';
import { prepareSocket, publishSocket, temporaryPath, withdrawSocket, type Mode } from './socket';

export type { CallContext };

/** The functions behind a service, one per method. What they throw becomes the status. */
export type Implementation<D extends ServiceDefinition> = {
  readonly [M in keyof D['methods']]: (
    request: Message<D['methods'][M]['requestType']>,
    context: CallContext,
  ) => D['methods'][M]['responseStream'] extends true
    ? AsyncIterable<Partially<D['methods'][M]['responseType']>>
    : Promise<Partially<D['methods'][M]['responseType']>>;
};

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
  const calls = new CallsUnderWay(options, clock);
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

function wired({ definition, handlers }: Service, calls: CallsUnderWay): [WireService, UntypedServiceImplementation] {
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
