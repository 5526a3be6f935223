import type { Bio, IoError } from '../hardware/bio';
import type { Connection, FabricAddress, FabricTarget, Importer, NamespaceFacts } from '../hardware/network';
import type { KernelContext } from './context';
import type { KernelDevice } from './device';
import { KernelError, type Done } from './errno';

export interface Namespace {
  readonly uuid: string;
  readonly device: KernelDevice;
  enabled: boolean;
  /** In an ANA group whose state is `inaccessible`. */
  fenced: boolean;
}

/** A subsystem of the NVMe target, with at most one namespace, as configfs has it. */
export class Subsystem {
  readonly hosts = new Set<string>();
  readonly ports = new Set<string>();
  readonly connections = new Set<TargetConnection>();
  namespace: Namespace | undefined;
  /** Requests that the drive has not answered yet. */
  inFlight = 0;
  drained: (() => void)[] = [];

  constructor(readonly nqn: string) {}

  announceNamespace(): void {
    for (const connection of this.connections) connection.announceNamespace();
  }
}

/**
 * The kernel's NVMe target. It takes no exclusive claim on what it serves, keeps a connection although its host
 * was taken off the list, and listens on a port only while a subsystem is linked to it.
 */
export class Nvmet implements FabricTarget {
  private readonly subsystems = new Map<string, Subsystem>();

  constructor(
    private readonly context: KernelContext,
    private readonly addresses: readonly string[],
  ) {}

  list(): Subsystem[] {
    return [...this.subsystems.values()];
  }

  find(nqn: string): Subsystem | undefined {
    return this.subsystems.get(nqn);
  }

  create(nqn: string): Subsystem {
    if (this.subsystems.has(nqn)) throw new KernelError('EEXIST', `subsystem ${nqn} exists already`);
    const subsystem = new Subsystem(nqn);
    this.subsystems.set(nqn, subsystem);
    return subsystem;
  }

  /** Serves the device. It is opened, but not claimed: whoever else writes to it writes under the importers. */
  enableNamespace(subsystem: Subsystem, uuid: string, device: KernelDevice): void {
    if (!device.alive) throw new KernelError('ENODEV', `${device.name} is gone`);
    subsystem.namespace = { uuid, device, enabled: true, fenced: false };
    device.openers++;
    subsystem.announceNamespace();
  }

  /** Ends once no request that was accepted before is still under way. */
  disableNamespace(subsystem: Subsystem, done: Done): void {
    const { namespace } = subsystem;
    if (namespace?.enabled) {
      namespace.enabled = false;
      subsystem.announceNamespace();
    }
    const end = () => {
      if (subsystem.namespace && subsystem.namespace === namespace) {
        namespace.device.openers--;
        subsystem.namespace = undefined;
      }
      done(undefined);
    };
    if (subsystem.inFlight === 0) end();
    else subsystem.drained.push(end);
  }

  setFence(subsystem: Subsystem, fenced: boolean): void {
    if (!subsystem.namespace) return;
    subsystem.namespace.fenced = fenced;
    subsystem.announceNamespace();
  }

  link(subsystem: Subsystem, address: FabricAddress): void {
    if (!this.addresses.includes(address.address)) {
      throw new KernelError('EADDRNOTAVAIL', `no interface of this node has the address ${address.address}`);
    }
    subsystem.ports.add(portOf(address));
  }

  /** Ends the connections that came through the port. */
  unlink(subsystem: Subsystem, port: string): void {
    if (!subsystem.ports.delete(port)) return;
    for (const connection of [...subsystem.connections]) if (connection.port === port) connection.end();
  }

  /** rmdir. EBUSY while it is linked or has a namespace. */
  remove(subsystem: Subsystem): void {
    if (subsystem.ports.size > 0 || subsystem.namespace) {
      throw new KernelError('EBUSY', `subsystem ${subsystem.nqn} is in use`);
    }
    this.subsystems.delete(subsystem.nqn);
  }

  /** The node lost its power: connections are gone, and nobody is told. */
  halt(): void {
    for (const { connections } of this.list()) for (const connection of [...connections]) connection.close();
  }

  accept(wanted: FabricAddress & { nqn: string; hostNQN: string }, importer: Importer) {
    const port = portOf(wanted);
    if (!this.list().some(({ ports }) => ports.has(port))) return 'refused';
    const subsystem = this.subsystems.get(wanted.nqn);
    if (!subsystem?.ports.has(port) || !subsystem.hosts.has(wanted.hostNQN)) return 'denied';
    return new TargetConnection(this.context, subsystem, port, importer);
  }
}

export const portOf = ({ transport, address, port }: FabricAddress): string => `${transport} ${address} ${port}`;

class TargetConnection implements Connection {
  open = true;

  constructor(
    private readonly context: KernelContext,
    private readonly subsystem: Subsystem,
    readonly port: string,
    private readonly importer: Importer,
  ) {
    subsystem.connections.add(this);
  }

  namespace(): NamespaceFacts | undefined {
    const { namespace } = this.subsystem;
    if (!namespace?.enabled) return undefined;
    const { uuid, device, fenced } = namespace;
    return { uuid, fenced, cells: device.cells, sectorSize: device.sectorSize };
  }

  submit(bio: Omit<Bio, 'end'>, end: (error: IoError | 'fenced' | undefined, data?: Bio['data']) => void): void {
    const { subsystem } = this;
    const { namespace } = subsystem;
    if (!namespace?.enabled) return end('path');
    if (namespace.fenced) return end('fenced');
    subsystem.inFlight++;
    namespace.device.submit({
      ...bio,
      end: (error, data) => {
        subsystem.inFlight--;
        if (subsystem.inFlight === 0) for (const drained of subsystem.drained.splice(0)) drained();
        end(error, data);
      },
    });
  }

  /** A change of the namespace reaches the importer only over a link that works. */
  announceNamespace(): void {
    if (this.context.network.connects(this.context.node, this.importer.node)) this.importer.namespaceChanged();
  }

  close(): void {
    this.open = false;
    this.subsystem.connections.delete(this);
  }

  end(): void {
    this.close();
    if (this.context.network.connects(this.context.node, this.importer.node)) this.importer.connectionClosed();
  }
}
