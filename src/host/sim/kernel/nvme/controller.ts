import type { Timer } from '../../../../runtime/clock';
import type { Bio, IoError } from '../../hardware/bio';
import type { Cells } from '../../hardware/cells';
import type { Connection, FabricAddress, Importer, NamespaceFacts } from '../../hardware/network';
import type { KernelContext } from '../context';
import { ImportedNamespace } from './namespace';

/** What the controller asks of the one who keeps the list of them. */
export interface ControllerHome {
  newDeviceName(): { name: string; number: string };
  /** The target refused the reconnect for good; the kernel deletes such a controller. */
  deleted(controller: NvmeController): void;
}

export interface ImportSpec {
  readonly nqn: string;
  readonly hostNQN: string;
  readonly address: FabricAddress;
}

/** A request that was sent and not answered. */
interface Flight {
  readonly namespace: ImportedNamespace;
  readonly bio: Bio;
  delivered: boolean;
  answer?: { readonly error: IoError | 'fenced' | undefined; readonly data?: Cells };
}

/**
 * One NVMe-oF controller of this node and its namespace's device. `connecting` can last for ever: with
 * ctrl_loss_tmo=-1 the kernel never gives up, unless the target says that it never will.
 */
export class NvmeController implements Importer {
  state: 'live' | 'connecting' | 'gone' = 'connecting';
  namespace: ImportedNamespace | undefined;
  /** What the target showed last; a namespace that was fenced from the start has no device. */
  shown: NamespaceFacts | undefined;
  readonly node: string;
  private readonly flights = new Set<Flight>();
  private failFast = false;
  private keepAlive: Timer | undefined;
  private attempt: Timer | undefined;
  private attemptEnded: (() => void)[] = [];
  private connection: Connection | undefined;

  constructor(
    private readonly context: KernelContext,
    private readonly home: ControllerHome,
    readonly spec: ImportSpec,
    private readonly peer: string,
  ) {
    this.node = context.node;
  }

  /** Connects to a target that can be reached. */
  open(): 'live' | 'refused' | 'denied' {
    const { nqn, hostNQN, address } = this.spec;
    const answer = this.context.network.targetOf(this.peer)!.accept({ ...address, nqn, hostNQN }, this);
    if (typeof answer === 'string') return answer;
    this.connection = answer;
    this.state = 'live';
    this.failFast = false;
    this.scan();
    return 'live';
  }

  // -- What the target and the network say ------------------------------------------------------------------

  connectionClosed(): void {
    if (this.state === 'live') this.recover();
  }

  namespaceChanged(): void {
    if (this.state === 'live') this.scan();
  }

  linkChanged(peer: string): void {
    if (peer !== this.peer || this.state !== 'live') return;
    if (!this.reachable()) {
      this.keepAlive ??= this.context.clock.setTimer(this.context.timings.keepAliveMs, () => this.recover());
      return;
    }
    this.keepAlive?.cancel();
    this.keepAlive = undefined;
    if (!this.connection?.open) return this.recover();
    this.scan();
    for (const flight of [...this.flights]) this.progress(flight);
  }

  // -- Requests ---------------------------------------------------------------------------------------------

  /** Requests of the namespace's device. */
  private readonly send = (namespace: ImportedNamespace, bio: Bio): void => {
    if (this.state !== 'live') return this.failFast ? bio.end('path') : namespace.requeue(bio);
    if (namespace.fenced) return namespace.requeue(bio);
    const flight: Flight = { namespace, bio, delivered: false };
    this.flights.add(flight);
    this.progress(flight);
  };

  private progress(flight: Flight): void {
    this.after(() => {
      if (!this.flights.has(flight) || !this.reachable()) return;
      if (flight.answer) return this.finish(flight);
      if (flight.delivered) return;
      if (!this.connection?.open) return this.recover();
      flight.delivered = true;
      this.connection.submit(flight.bio, (error, data) => {
        flight.answer = { error, data };
        this.after(() => {
          if (this.flights.has(flight) && this.reachable()) this.finish(flight);
        });
      });
    });
  }

  private finish(flight: Flight): void {
    this.flights.delete(flight);
    const { error, data } = flight.answer!;
    if (error !== 'fenced') return flight.bio.end(error, data);
    this.scan();
    failOver(flight);
  }

  private after(action: () => void): void {
    const { linkLatencyMs } = this.context.timings;
    if (linkLatencyMs === 0) action();
    else this.context.clock.setTimer(linkLatencyMs, action);
  }

  // -- Losing and regaining the connection --------------------------------------------------------------------

  private recover(): void {
    this.keepAlive?.cancel();
    this.keepAlive = undefined;
    this.state = 'connecting';
    this.failFast = false;
    this.connection?.close();
    this.abandonFlights();
    this.context.clock.setTimer(this.context.timings.fastIoFailMs, () => {
      if (this.state !== 'connecting') return;
      this.failFast = true;
      this.namespace?.failWaiting();
    });
    this.reconnectLater();
    this.changed();
  }

  private abandonFlights(): void {
    const flights = [...this.flights];
    this.flights.clear();
    for (const flight of flights) failOver(flight);
  }

  private reconnectLater(): void {
    this.context.clock.setTimer(this.context.timings.reconnectDelayMs, () => {
      if (this.state !== 'connecting') return;
      if (this.reachable()) return this.reconnect();
      this.attempt = this.context.clock.setTimer(this.context.timings.connectTimeoutMs, () => {
        this.attempt = undefined;
        for (const ended of this.attemptEnded.splice(0)) ended();
        if (this.state !== 'connecting') return;
        if (this.reachable()) this.reconnect();
        else this.reconnectLater();
      });
    });
  }

  private reconnect(): void {
    const answer = this.open();
    if (answer === 'refused') return this.reconnectLater();
    if (answer === 'live') return;
    this.remove();
    this.home.deleted(this);
  }

  // -- Namespaces -----------------------------------------------------------------------------------------------

  /** Looks at what the target shows. A device appears once its namespace was accessible for the first time. */
  scan(): void {
    const facts = this.connection?.namespace();
    this.shown = facts;
    const known = this.namespace;
    if (known && (!facts || facts.uuid !== known.uuid)) {
      this.namespace = undefined;
      known.remove();
    }
    if (facts && !this.namespace && !facts.fenced) {
      const { name, number } = this.home.newDeviceName();
      this.namespace = new ImportedNamespace(name, number, facts, this.send);
    }
    if (facts && this.namespace) {
      this.namespace.fenced = facts.fenced;
      this.namespace.cells = facts.cells;
      if (!facts.fenced) this.namespace.kick();
    }
    this.changed();
  }

  // -- The end -----------------------------------------------------------------------------------------------

  /** Ends the connection and takes the device away. Waits for an attempt to reconnect that is under way. */
  disconnect(done: () => void): void {
    const end = () => {
      this.remove();
      done();
    };
    if (this.attempt && this.state === 'connecting') this.attemptEnded.push(end);
    else end();
  }

  /** The node lost its power. */
  halt(): void {
    this.state = 'gone';
    this.connection?.close();
  }

  private remove(): void {
    if (this.state === 'gone') return;
    this.state = 'gone';
    this.failFast = true;
    this.keepAlive?.cancel();
    this.connection?.close();
    const { namespace } = this;
    this.abandonFlights();
    this.namespace = undefined;
    namespace?.remove();
    this.changed();
  }

  private reachable(): boolean {
    return this.context.network.connects(this.context.node, this.peer);
  }

  private changed(): void {
    this.context.notify({ subject: 'import', nqn: this.spec.nqn });
  }
}

/** A flush that was under way is reported as done: it has no bio that could be sent again (measured). */
function failOver({ namespace, bio }: Flight): void {
  if (bio.op === 'flush') bio.end(undefined);
  else namespace.requeue(bio);
}
