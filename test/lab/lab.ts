import { cp, writeFile } from 'node:fs/promises';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { findAssets, type Assets } from './assets';
import { driveFile, prepareNode } from './boot';
import { LabNetwork } from './network';
import { LabNode } from './node';
import { relay } from './relay';
import { claimSlot, clearSlot, readJson, slotFolder, takenSlots } from './slot';
import { planNodes, type LabOptions, type NodeSpec } from './spec';

/** What lab.json holds: all that another process needs to use the lab. */
interface Plan {
  nodes: NodeSpec[];
  assets: Assets;
}

/** Machines with NVMe drives and networks of their own, on this one. Start it with startLab. */
export class Lab {
  readonly nodes: readonly LabNode[];
  private readonly servers = new Set<Server>();
  private readonly sockets = new Set<Socket>();
  private closed = false;

  constructor(
    readonly slot: number,
    private readonly network: LabNetwork,
    private readonly plan: Plan,
    private readonly logs?: string,
  ) {
    const { nodes, assets } = plan;
    this.nodes = nodes.map(
      (spec) => new LabNode(spec, { assets, network, nodes, folder: nodeFolder(slot, spec.name) }),
    );
  }

  node(name: string): LabNode {
    const found = this.nodes.find((node) => node.name === name);
    if (!found)
      throw new Error(`The lab has no node ${name}; it has ${this.nodes.map((node) => node.name).join(', ')}`);
    return found;
  }

  /** This machine's address on the nodes' management network: a server that listens on it is reached by them. */
  get hostAddress(): string {
    return this.network.hostAddress;
  }

  /**
   * Storage network: cuts the links among these nodes, and no others; none joins all again. Cuts of whole links
   * (LabNode.cutLink) stand beside it.
   */
  setApart(...names: string[]): Promise<void> {
    const known = this.plan.nodes.map(({ name }) => name);
    const strange = names.find((name) => !known.includes(name));
    if (strange !== undefined) throw new Error(`The lab has no node ${strange}; it has ${known.join(', ')}`);
    return this.network.setApart(this.plan.nodes.filter(({ name }) => names.includes(name)));
  }

  /** Makes a server on 127.0.0.1:`port` of this machine reachable for nodes; returns host:port. */
  async publish(port: number): Promise<string> {
    const dial = () =>
      new Promise<Socket>((resolve, reject) => {
        const socket = createConnection({ host: '127.0.0.1', port, allowHalfOpen: true }, () => resolve(socket));
        socket.once('error', reject);
      });
    const server = createServer({ allowHalfOpen: true }, (socket) => void relay(socket, dial, this.sockets));
    this.servers.add(server);
    await new Promise<void>((resolve) => server.listen(0, this.hostAddress, resolve));
    return `${this.hostAddress}:${(server.address() as { port: number }).port}`;
  }

  /** Ends the nodes and removes everything the lab made on this machine, except `logs`. */
  async close(): Promise<void> {
    // The slot may be another lab's by the second call.
    if (this.closed) return;
    this.closed = true;
    this.disconnect();
    for (const node of this.nodes) {
      if (this.logs === undefined) continue;
      await cp(join(nodeFolder(this.slot, node.name), 'logs'), join(this.logs, node.name), { recursive: true });
    }
    await clearSlot(this.slot);
  }

  /** Lets go of the lab without ending it. */
  disconnect(): void {
    for (const node of this.nodes) node.disconnect();
    for (const server of this.servers) server.close();
    for (const socket of this.sockets) socket.destroy();
  }
}

/** Boots the nodes of a new lab. Needs root and what `make kernel-assets` builds. */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  if (process.getuid?.() !== 0) throw new Error('The lab needs root: it makes network namespaces and taps');
  const nodes = planNodes(options);
  const assets = await findAssets();
  const slot = await claimSlot(options.detached ?? false);
  try {
    const network = new LabNetwork(slot, nodes);
    await network.create();
    const plan: Plan = { nodes, assets };
    await writeFile(join(slotFolder(slot), 'lab.json'), JSON.stringify(plan));
    const lab = new Lab(slot, network, plan, options.logs);
    for (const node of nodes) {
      const folder = nodeFolder(slot, node.name);
      await prepareNode(node, { folder, network, nodes });
      for (const i of node.drives.keys()) await options.prepareDrive?.(driveFile(folder, i), node.name, i);
    }
    await Promise.all(lab.nodes.map((node) => node.boot()));
    return lab;
  } catch (error) {
    await clearSlot(slot);
    throw error;
  }
}

/** A lab that runs already, started by another process. */
export async function openLab(slot?: number): Promise<Lab> {
  for (const taken of slot === undefined ? await takenSlots() : [slot]) {
    const plan = await readJson<Plan>(join(slotFolder(taken), 'lab.json'));
    if (plan) return new Lab(taken, new LabNetwork(taken, plan.nodes), plan);
  }
  throw new Error(slot === undefined ? 'No lab runs on this machine' : `No lab runs in slot ${slot}`);
}

const nodeFolder = (slot: number, name: string) => join(slotFolder(slot), 'nodes', name);
