import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { NodeSpec } from './spec';

const execute = promisify(execFile);

/** Networks of a node, in the order of its interfaces vec0, vec1, vec2. */
export const networks = ['control', 'management', 'storage'] as const;
export type Network = (typeof networks)[number];

/**
 * The lab's networks: three bridges in a network namespace of the lab's own, with a tap for each node on each.
 *   control     198.18.<slot>.0/24   the harness talks to the node's agent; nobody else uses it
 *   management  198.19.<slot>.0/24   the node's InternalIP; reaches servers on the host, such as the API server
 *   storage     10.77.0.0/24         NVMe-oF between the nodes; never leaves the namespace
 * A veth pair joins each of the first two to the host, which has address .1. 198.18.0.0/15 is reserved for tests.
 */
export class LabNetwork {
  readonly namespace: string;

  constructor(
    private readonly slot: number,
    private readonly nodes: readonly NodeSpec[],
  ) {
    this.namespace = `meshstor-lab-${slot}`;
  }

  get hostAddress(): string {
    return `198.19.${this.slot}.1`;
  }

  address(network: Network, { number }: NodeSpec): string {
    const host = 10 + number;
    if (network === 'storage') return `10.77.0.${host}`;
    return `198.${network === 'control' ? 18 : 19}.${this.slot}.${host}`;
  }

  tap(network: Network, { number }: NodeSpec): string {
    return `${network[0]}${number}`;
  }

  mac(network: Network, { number }: NodeSpec): string {
    return `52:54:00:${hex(networks.indexOf(network))}:${hex(this.slot)}:${hex(number)}`;
  }

  private door(network: Network): string {
    return `mslab${this.slot}${network[0]}`;
  }

  /** The slot is ours: what is there of this name was left by a lab that was killed, with its notes gone. */
  async create(): Promise<void> {
    await this.remove();
    await ip(['netns', 'add', this.namespace]);
    const inside = ['link set lo up'];
    for (const network of networks) {
      inside.push(`link add ${network} type bridge`, `link set ${network} up`);
      for (const node of this.nodes) {
        const tap = this.tap(network, node);
        inside.push(`tuntap add dev ${tap} mode tap`, `link set ${tap} master ${network} up`);
      }
    }
    await this.inside(inside);
    const outside: string[] = [];
    for (const network of ['control', 'management'] as const) {
      const door = this.door(network);
      outside.push(
        `link add ${door} type veth peer name host-${network[0]} netns ${this.namespace}`,
        `addr add 198.${network === 'control' ? 18 : 19}.${this.slot}.1/24 dev ${door}`,
        `link set ${door} up`,
      );
    }
    await ip(['-batch', '-'], outside);
    await this.inside(['control', 'management'].map((network) => `link set host-${network[0]} master ${network} up`));
  }

  /** Removes everything `create` may have made; what is not there is left out. */
  async remove(): Promise<void> {
    for (const network of ['control', 'management'] as const)
      await ip(['link', 'del', this.door(network)]).catch(ignore);
    await ip(['netns', 'del', this.namespace]).catch(ignore);
  }

  /** Frames to and from the node vanish on this network; its interface notices nothing. */
  async cut(network: Network, node: NodeSpec): Promise<void> {
    await this.inside([`link set ${this.tap(network, node)} nomaster`]);
  }

  async heal(network: Network, node: NodeSpec): Promise<void> {
    await this.inside([`link set ${this.tap(network, node)} master ${network}`]);
  }

  /**
   * Storage network: frames between any two of these nodes vanish; frames between each of them and every other
   * node do not. None: all are joined again. Healing a whole link joins its node to all, too.
   */
  async setApart(nodes: readonly NodeSpec[]): Promise<void> {
    // The bridge passes nothing from one isolated port to another.
    const state = (node: NodeSpec) => (nodes.includes(node) ? 'on' : 'off');
    await this.inside(
      this.nodes.map((node) => `link set ${this.tap('storage', node)} type bridge_slave isolated ${state(node)}`),
    );
  }

  private inside(commands: readonly string[]): Promise<void> {
    return ip(['-netns', this.namespace, '-batch', '-'], commands);
  }
}

const hex = (number: number) => number.toString(16).padStart(2, '0');
const ignore = () => undefined;

async function ip(argv: readonly string[], batch: readonly string[] = []): Promise<void> {
  const running = execute('ip', argv, { env: { ...process.env, LC_ALL: 'C' } });
  // A program that ends early does not read it all; its exit code tells.
  running.child.stdin?.on('error', ignore).end(batch.map((line) => `${line}\n`).join(''));
  await running;
}
