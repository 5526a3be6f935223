import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { namespace } from '../../../src/api/names';
import type { LabNode, LabProcess } from '../../lab';

const bundleName = 'meshstor.cjs';
const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount';
/** Where the DaemonSet has it on the node. */
export const csiSocket = '/var/lib/kubelet/plugins/io.meshstor.csi.mesh/csi.sock';
/** Two programs of Node.js start on a node that may be booting others. */
const startMs = 120_000;

/** How a pod finds the API server, and what it is trusted by. */
export interface ClusterAccess {
  readonly host: string;
  readonly port: string;
  readonly ca: string;
  readonly token: string;
}

export type ProcessName = 'host' | 'node';

/** The product's `host` and `node` processes on one node, as the two containers of the DaemonSet's pod run there. */
export class NodeProcesses {
  readonly #running = new Map<ProcessName, LabProcess>();

  constructor(
    readonly node: LabNode,
    private readonly bundle: string,
    private readonly access: ClusterAccess,
  ) {}

  /** The node's file system gets what the image and the pod's volumes would bring. Once, before the first start. */
  async install(): Promise<void> {
    await copyFile(this.bundle, join(this.node.sharedFolder, bundleName));
  }

  /** Starts both on a node that has just booted; resolves when they are ready. */
  async start(): Promise<void> {
    const files = { 'ca.crt': this.access.ca, token: this.access.token, namespace };
    for (const [name, text] of Object.entries(files)) await this.node.push(`${serviceAccount}/${name}`, text);
    await this.node.must(`mkdir -p ${csiSocket.replace(/\/[^/]*$/, '')}`);
    await Promise.all([this.restart('host'), this.restart('node')]);
  }

  /** As when a container is started again; resolves when the process is ready. */
  async restart(name: ProcessName): Promise<void> {
    const argv = ['node', `/lab/host/${bundleName}`, name, ...this.#flags(name)];
    const { host, port } = this.access;
    const env = { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port };
    const process = await this.node.spawn(argv, { name, ...(name === 'node' && { env }) });
    this.#running.set(name, process);
    await process.waitFor(/"message":"ready"/, startMs);
  }

  /** Kills it without warning; resolves when it is gone. */
  async kill(name: ProcessName): Promise<void> {
    await this.#running.get(name)?.kill('SIGKILL');
    this.#running.delete(name);
  }

  /** The process stands still until it is resumed; what it has begun in the kernel goes on. */
  pause(name: ProcessName): void {
    void this.#running.get(name)?.kill('SIGSTOP', { wait: false });
  }

  resume(name: ProcessName): void {
    void this.#running.get(name)?.kill('SIGCONT', { wait: false });
  }

  /** What a process has printed since it was last started. */
  output(name: ProcessName): string {
    return this.#running.get(name)?.output() ?? '';
  }

  #flags(name: ProcessName): string[] {
    const common = ['--node-name', this.node.name, '--log-level', 'debug'];
    return name === 'host' ? common : [...common, '--csi-endpoint', `unix://${csiSocket}`];
  }
}
