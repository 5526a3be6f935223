import { status } from '@grpc/grpc-js';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HostAgentDefinition } from '../../../src/host/gen/host';
import { grpcClient, type GrpcClient } from '../../../src/runtime/grpc/client';
import type { EndedCall, WireStatus } from '../../../src/runtime/grpc/definition';
import {
  serveGrpc,
  service,
  type GrpcServer,
  type GrpcServerOptions,
  type Implementation,
} from '../../../src/runtime/grpc/server';

const { createPartition, deletePartition, watch } = HostAgentDefinition.methods;
const definition = { fullName: 'test.Partitions', methods: { createPartition, deletePartition, watch } };
export type Definition = typeof definition;
export type Handlers = Implementation<Definition>;

export class Refusal extends Error {
  constructor(
    readonly kind: string,
    message: string,
  ) {
    super(message);
  }
}
const toStatus = (error: unknown): WireStatus =>
  error instanceof Refusal
    ? { code: status.FAILED_PRECONDITION, message: error.message, trailers: { kind: error.kind } }
    : { code: status.INTERNAL, message: `defect: ${(error as Error).message}` };
const fromStatus = ({ code, message, trailers }: WireStatus) =>
  Object.assign(new Refusal(trailers?.kind ?? 'none', message), { code });

const unexpected = () => Promise.reject(new Error('not expected to be called'));
// eslint-disable-next-line require-yield -- nothing to yield
const nothing = async function* () {
  await Promise.resolve();
};

/** Servers and clients over sockets in a folder of their own, all ended by `end`. */
export class GrpcFixture {
  private readonly servers: GrpcServer[] = [];
  private readonly clients: GrpcClient<Definition>[] = [];
  private readonly proxies: { close(): void }[] = [];

  private constructor(
    readonly folder: string,
    public socketPath: string,
  ) {}

  static async start(): Promise<GrpcFixture> {
    const folder = await mkdtemp(join(tmpdir(), 'grpc-'));
    return new GrpcFixture(folder, join(folder, 'agent', 'host.sock'));
  }

  async serve(handlers: Partial<Handlers> = {}, options: Partial<GrpcServerOptions> = {}): Promise<GrpcServer> {
    const all = { createPartition: unexpected, deletePartition: unexpected, watch: nothing, ...handlers };
    const services = [service(definition, all)];
    const server = await serveGrpc({ socketPath: this.socketPath, services, toStatus, ...options });
    this.servers.push(server);
    return server;
  }

  connect(onCall?: (call: EndedCall) => void, socketPath = this.socketPath): GrpcClient<Definition>['calls'] {
    const client = grpcClient(definition, { socketPath, fromStatus, onCall });
    this.clients.push(client);
    return client.calls;
  }

  /** Another way to the server, whose connections can be cut as if the server had been killed. */
  async detour(): Promise<{ socketPath: string; cut: () => void }> {
    const socketPath = join(this.folder, 'detour.sock');
    const sockets = new Set<Socket>();
    const proxy = createServer((near) => {
      const far = createConnection(this.socketPath);
      for (const socket of [near, far]) sockets.add(socket.on('error', () => undefined));
      near.pipe(far).pipe(near);
    });
    await new Promise<void>((resolve) => proxy.listen(socketPath, resolve));
    this.proxies.push(proxy);
    return { socketPath, cut: () => sockets.forEach((socket) => socket.destroy()) };
  }

  async end(): Promise<void> {
    for (const client of this.clients) client.close();
    await Promise.all(this.servers.map((server) => server.close(0)));
    for (const proxy of this.proxies) proxy.close();
    await rm(this.folder, { recursive: true });
  }
}

/** A promise and how to fulfil it. */
export const latch = <T = void>() => {
  let open!: (value: T) => void;
  const opened = new Promise<T>((resolve) => (open = resolve));
  return { open, opened };
};
export const abortion = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
