import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ControllerDefinition, NodeDefinition } from '../../../src/csi/gen/csi';
import { systemClock } from '../../../src/runtime/clock';
import type { KubeClient } from '../../../src/runtime/kube/client';
import { newLogger, type Logger } from '../../../src/runtime/log';
import type { RunningApiServer } from '../../../src/sim/apiserver';
import { callsOver } from '../../../src/sim/cluster/processes/sockets';
import type { ControllerCalls, NodeCalls } from '../../../src/sim/kubernetes/csi-calls';
import { startLab, type Lab, type LabOptions } from '../../lab';
import { relaySocket } from '../relay';
import { accessTo, serveApi, writeKubeconfig } from './api-server';
import { Bundle } from './bundle';
import { ControllerProcess } from './controller-process';
import { joinCluster, runKubernetes } from './kubernetes';
import { csiSocket, NodeProcesses } from './node-processes';

/** Where the logs of a failing run can be kept. */
const { MESHSTOR_LAB_LOGS: keptLogs } = process.env;

/**
 * MeshStor on real kernels: the product's bundle as `host` and `node` on every node of a lab, `controller` and the
 * API server on this machine, and simulated Kubernetes components that call the CSI sockets.
 */
export class LabCluster {
  readonly controller: ControllerProcess;
  readonly nodes: ReadonlyMap<string, NodeProcesses>;
  readonly kube: KubeClient;
  readonly #csi: { readonly controller: ControllerCalls; readonly nodes: Map<string, NodeCalls> };
  readonly #relays: Server[] = [];
  readonly #stop = new AbortController();

  private constructor(
    readonly lab: Lab,
    readonly server: RunningApiServer,
    private readonly folder: string,
    private readonly bundle: Bundle,
  ) {
    this.kube = server.clientFor('cluster');
    const socketPath = join(folder, 'controller', 'csi.sock');
    const logFile = join(keptLogs ?? folder, 'controller.log');
    this.controller = new ControllerProcess({
      ...{ bundle: bundle.path, socketPath, logFile },
      kubeconfigPath: join(folder, 'kubeconfig'),
    });
    const access = accessTo(server);
    this.nodes = new Map(lab.nodes.map((node) => [node.name, new NodeProcesses(node, bundle.path, access)]));
    this.#csi = { controller: callsOver(ControllerDefinition, socketPath, systemClock), nodes: new Map() };
  }

  /** Resolves when everything runs and the driver is registered on every node. */
  static async start(options: LabOptions): Promise<LabCluster> {
    const [folder, bundle] = await Promise.all([mkdtemp(join(tmpdir(), 'meshstor-lab-')), Bundle.make()]);
    if (keptLogs !== undefined) await mkdir(keptLogs, { recursive: true });
    const lab = await startLab({ ...options, ...(keptLogs !== undefined && { logs: keptLogs }) });
    const server = await serveApi(lab.hostAddress);
    const cluster = new LabCluster(lab, server, folder, bundle);
    try {
      await cluster.#start();
      return cluster;
    } catch (error) {
      await cluster.close();
      throw error;
    }
  }

  async #start(): Promise<void> {
    await writeKubeconfig(this.server, join(this.folder, 'kubeconfig'));
    for (const [i, node] of this.lab.nodes.entries()) {
      await joinCluster(this.kube, node, i === 0 ? 'a' : 'b');
      const local = join(this.folder, `${node.name}.sock`);
      this.#relays.push(await relaySocket(node, csiSocket, local));
      this.#csi.nodes.set(node.name, callsOver(NodeDefinition, local, systemClock));
    }
    const processes = [...this.nodes.values()];
    await Promise.all(processes.map((each) => each.install()));
    await Promise.all([this.controller.start(), ...processes.map((each) => each.start())]);
    const nodes = new Map(this.lab.nodes.map((node) => [node, this.csi.node(node.name)]));
    const kube = this.server.clientFor('kubernetes');
    await runKubernetes(kube, { controller: this.csi.controller, nodes }, quiet(), this.#stop.signal);
  }

  get csi() {
    const { controller, nodes } = this.#csi;
    return { controller, node: (name: string) => nodes.get(name)! };
  }

  processes(node: string): NodeProcesses {
    return this.nodes.get(node)!;
  }

  /** Boots a node after a power cut, with its processes. */
  async boot(node: string): Promise<void> {
    await this.lab.node(node).boot();
    await this.processes(node).start();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.controller.kill();
    for (const relay of this.#relays) relay.close();
    await this.lab.close();
    await this.server.close();
    await this.bundle.remove();
    await rm(this.folder, { recursive: true });
  }
}

/** What the simulated components complain of is what tests provoke. LOG=1 shows it. */
function quiet(): Logger {
  const log = newLogger({ level: 'warn', process: 'kubernetes', text: true });
  log.silent = process.env['LOG'] === undefined;
  return log;
}
