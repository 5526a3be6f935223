import type { IoError } from './bio';
import type { Bio } from './bio';

/** The side of a fabric that serves namespaces: nvmet of one running kernel. */
export interface FabricTarget {
  /** `refused`: nothing listens there. `denied`: something does, and will not have this host, now or later. */
  accept(
    wanted: FabricAddress & { nqn: string; hostNQN: string },
    importer: Importer,
  ): Connection | 'refused' | 'denied';
}

export interface FabricAddress {
  readonly transport: 'tcp' | 'rdma';
  readonly address: string;
  readonly port: number;
}

/** The side that imports: told what happens on the target as long as the link carries it. */
export interface Importer {
  readonly node: string;
  connectionClosed(): void;
  namespaceChanged(): void;
}

/** One importer's connection to a subsystem. */
export interface Connection {
  readonly open: boolean;
  /** What the target shows under this connection: undefined when the namespace is disabled. */
  namespace(): NamespaceFacts | undefined;
  /** `fenced`: the namespace is in an inaccessible ANA group, and the request was not carried out. */
  submit(bio: Omit<Bio, 'end'>, end: (error: IoError | 'fenced' | undefined, data?: Bio['data']) => void): void;
  /** Ends it from the importer's side. */
  close(): void;
}

export interface NamespaceFacts {
  readonly uuid: string;
  readonly cells: number;
  readonly sectorSize: number;
  readonly fenced: boolean;
}

/** A node on the network; without a target while it is off. */
export interface NetworkHost {
  readonly name: string;
  readonly target: FabricTarget | undefined;
  /** The way to `peer` opened or closed. */
  linkChanged(peer: string): void;
}

/** The storage network: who can reach whom. A packet on a link that is cut vanishes without a word. */
export class Network {
  private readonly hosts = new Map<string, NetworkHost>();
  private readonly addresses = new Map<string, string>();
  private readonly cuts = new Set<string>();

  attach(host: NetworkHost, addresses: readonly string[]): void {
    this.hosts.set(host.name, host);
    for (const address of addresses) this.addresses.set(address, host.name);
  }

  /** Name of the node with this address. */
  nodeAt(address: string): string | undefined {
    return this.addresses.get(address);
  }

  /** Whether packets of one reach the other: false when the link is cut or either is off. */
  connects(from: string, to: string): boolean {
    if (!this.hosts.get(from)?.target || !this.hosts.get(to)?.target) return false;
    return from === to || !this.cuts.has(linkOf(from, to));
  }

  targetOf(name: string): FabricTarget | undefined {
    return this.hosts.get(name)?.target;
  }

  cut(a: string, b: string): void {
    this.cuts.add(linkOf(a, b));
    this.tell(a, b);
  }

  heal(a: string, b: string): void {
    this.cuts.delete(linkOf(a, b));
    this.tell(a, b);
  }

  healAll(): void {
    for (const link of [...this.cuts]) this.heal(...(link.split(' ') as [string, string]));
  }

  /** The node went off or came up: every way to it changed. */
  powerChanged(name: string): void {
    for (const host of this.hosts.values()) if (host.name !== name) host.linkChanged(name);
  }

  private tell(a: string, b: string): void {
    this.hosts.get(a)?.linkChanged(b);
    this.hosts.get(b)?.linkChanged(a);
  }
}

const linkOf = (a: string, b: string): string => (a < b ? `${a} ${b}` : `${b} ${a}`);
