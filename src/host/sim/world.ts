import type { Clock, Random } from '../../runtime/clock';
import { Network } from './hardware/network';
import { SimNode, type NodeSpec } from './sim-node';
import { defaultTimings, type Timings } from './timings';

export interface WorldOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly timings?: Partial<Timings>;
}

/**
 * Simulated machines and the storage network between them. Deterministic: the same clock, the same chance and
 * the same calls give the same history. Nothing happens in real time, and nothing real is touched.
 */
export class SimWorld {
  readonly network = new Network();
  readonly nodes = new Map<string, SimNode>();
  readonly timings: Timings;

  constructor(private readonly options: WorldOptions) {
    this.timings = { ...defaultTimings, ...options.timings };
  }

  /** Adds a machine and boots it. */
  addNode(name: string, spec: NodeSpec = {}): SimNode {
    if (this.nodes.has(name)) throw new Error(`there is a node ${name} already`);
    const { clock, random } = this.options;
    const { network, timings } = this;
    const number = this.nodes.size + 1;
    const addresses = spec.addresses ?? [`10.77.${Math.floor(number / 256)}.${number % 256}`];
    const node = new SimNode(name, addresses, spec, { clock, random, network, timings });
    this.nodes.set(name, node);
    return node;
  }

  node(name: string): SimNode {
    const node = this.nodes.get(name);
    if (!node) throw new Error(`there is no node ${name}`);
    return node;
  }

  /** Packets between the two vanish from now on, in both directions. */
  cutLink(a: string, b: string): void {
    this.network.cut(this.node(a).name, this.node(b).name);
  }

  healLink(a: string, b: string): void {
    this.network.heal(this.node(a).name, this.node(b).name);
  }

  /** Every node's power goes. Whoever holds a handle on a volume is told. */
  powerCutAll(): void {
    for (const node of this.nodes.values()) node.powerCut();
  }
}
