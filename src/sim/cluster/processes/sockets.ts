import { status } from '@grpc/grpc-js';
import { namespace } from '../../../api/names';
import { ControllerDefinition, NodeDefinition } from '../../../csi/gen/csi';
import { hostClient } from '../../../host/rpc/client';
import { serveHost } from '../../../host/rpc/server';
import { controllerProcess } from '../../../processes/controller';
import { nodeProcess } from '../../../processes/node';
import type { Clock } from '../../../runtime/clock';
import { grpcClient } from '../../../runtime/grpc/client';
import type { ServiceDefinition, WireStatus } from '../../../runtime/grpc/definition';
import { CsiCallError, type ControllerCalls, type NodeCalls } from '../../kubernetes/csi-calls';
import type { ControllerSpec, Launcher, NodeSpec, SimProcess } from './process';

/** Runs the processes as the product does, behind real sockets in a folder: host agents and CSI services. */
export class SocketLauncher implements Launcher {
  /** Sockets by what is behind them, for people. */
  readonly sockets = new Map<string, string>();

  constructor(private readonly folder: string) {}

  controller(spec: ControllerSpec): SimProcess<ControllerCalls> {
    const socketPath = this.#socket('controller', 'csi');
    const csi = callsOver<ControllerCalls>(ControllerDefinition, socketPath, spec.clock);
    let lives = 0;
    return new SocketProcess('controller', csi, spec, async (signal) => {
      const identity = `controller-${++lives}`;
      const options = { csiEndpoint: `unix://${socketPath}`, namespace, leaderElect: false, identity };
      await controllerProcess(spec, { ...options, ...(spec.pace && { pace: spec.pace }) }, signal);
    });
  }

  node(spec: NodeSpec): SimProcess<NodeCalls> {
    const { nodeName, clock } = spec;
    const socketPath = this.#socket(nodeName, 'csi');
    const hostSocket = this.#socket(nodeName, 'host');
    const csi = callsOver<NodeCalls>(NodeDefinition, socketPath, clock);
    return new SocketProcess(nodeName, csi, spec, async (signal) => {
      const server = await serveHost({ socketPath: hostSocket, agent: spec.host, clock });
      const client = hostClient({ socketPath: hostSocket, clock });
      const options = { nodeName, csiEndpoint: `unix://${socketPath}`, namespace, allowOldKernel: false };
      try {
        await nodeProcess(spec, client.agent, { ...options, ...(spec.pace && { pace: spec.pace }) }, signal);
      } finally {
        client.close();
        await server.close(0);
      }
    });
  }

  #socket(of: string, kind: string): string {
    const path = `${this.folder}/${of}-${kind}/${kind}.sock`;
    this.sockets.set(`${of} ${kind}`, path);
    return path;
  }
}

class SocketProcess<C> implements SimProcess<C> {
  #end: AbortController | undefined;

  constructor(
    readonly name: string,
    readonly csi: C,
    private readonly spec: ControllerSpec,
    private readonly run: (signal: AbortSignal) => Promise<void>,
  ) {}

  get running(): boolean {
    return this.#end !== undefined;
  }

  async start(): Promise<void> {
    if (this.#end) return;
    const end = new AbortController();
    this.#end = end;
    this.run(end.signal).catch((error: unknown) => {
      this.spec.log.error(`process ${this.name} failed`, { error: String(error) });
      if (this.#end === end) this.#end = undefined;
    });
  }

  kill(): void {
    this.#end?.abort(new Error('killed'));
    this.#end = undefined;
  }
}

/** A CSI service behind a socket, called as its sidecars and kubelets do. */
export function callsOver<C>(definition: ServiceDefinition, socketPath: string, clock: Clock): C {
  const fromStatus = ({ code, message }: WireStatus) => new CsiCallError(status[code] ?? 'UNKNOWN', message);
  return grpcClient(definition, { socketPath, fromStatus, clock }).calls as C;
}
