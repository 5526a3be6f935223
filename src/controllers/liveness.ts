import { annotations, nodeLeaseName } from '../api/names';
import type { Lease } from '../api/resources';
import { isSilent } from '../api/silence';
import type { Clock, Timer } from '../runtime/clock';

/** How often silence is looked for; a death is noticed at most this much late. */
const sweepMs = 5_000;
/**
 * How long the silence of all leases together counts as their nodes': one and a half renewals. The leader's own lease,
 * which is among them, is renewed more often than that, so that longer means that nothing can be heard here.
 */
const deafMs = 15_000;

interface Beat {
  renewTime: string;
  /** When this process saw the renewal, by the time it could hear. */
  heardAt: number;
  /** Why the node cannot run arrays. */
  unfit: string | undefined;
}

/** For people, while `manyAreDead`. */
export const manyNodesSilent =
  'More than a third of the nodes are silent at once. Nothing is replaced before that is over; if they are really gone, delete their Lease objects.';

/**
 * Which nodes are alive, judged by their leases. A renewal counts from when it was seen here, so that clocks
 * that differ between nodes do not matter; only for the first sight of a lease, after a start, its own
 * time-stamp is believed, if that makes it older. Time in which no lease at all was heard counts against nobody:
 * then it is the API server that is silent, or the watch.
 */
export class Liveness {
  readonly #beats = new Map<string, Beat>();
  /** As last announced. */
  readonly #alive = new Set<string>();
  readonly #handlers: ((leaseName: string) => void)[] = [];
  #timer: Timer | undefined;
  #lastHeard: number | undefined;
  /** How long this process could hear until then. */
  #heardMs = 0;

  constructor(private readonly clock: Clock) {}

  /** To be called for every lease seen or changed. */
  observe(lease: Lease): void {
    const { name } = lease.metadata;
    const renewTime = lease.spec?.renewTime ?? '';
    const before = this.#beats.get(name);
    if (before?.renewTime === renewTime) return;
    const now = this.clock.now();
    this.#heardMs = this.#hearingMs();
    this.#lastHeard = now;
    const stamped = Date.parse(renewTime);
    const agoMs = before || Number.isNaN(stamped) ? 0 : Math.max(0, now - stamped);
    const unfit = lease.metadata.annotations?.[annotations.unfit];
    this.#beats.set(name, { renewTime, heardAt: this.#heardMs - agoMs, unfit });
    this.#judge(name);
  }

  forget(leaseName: string): void {
    this.#beats.delete(leaseName);
    this.#judge(leaseName);
  }

  /** A node that never had a lease is dead: nothing of ours runs there. */
  isDead(nodeName: string): boolean {
    return this.#silent(nodeLeaseName(nodeName));
  }

  /** Why the node cannot run arrays, by its own account; undefined: it can, or has not said so yet. */
  unfit(nodeName: string): string | undefined {
    return this.#beats.get(nodeLeaseName(nodeName))?.unfit;
  }

  /**
   * Whether more than a third of the nodes, and more than one, are silent: then the silence may be the network's or
   * the API server's, and copying everything anew would make it worse.
   */
  get manyAreDead(): boolean {
    const nodes = [...this.#beats.keys()].filter(isNodes);
    const dead = nodes.filter((name) => this.#silent(name)).length;
    return dead > 1 && dead * 3 > nodes.length;
  }

  /** Calls back with the lease name of every node that died, came, or came back. */
  onChange(handler: (leaseName: string) => void): void {
    this.#handlers.push(handler);
  }

  /** Looks for silence until the signal is aborted. */
  start(signal: AbortSignal): void {
    const sweep = () => {
      for (const name of this.#beats.keys()) this.#judge(name);
      this.#timer = this.clock.setTimer(sweepMs, sweep);
    };
    sweep();
    signal.addEventListener('abort', () => this.#timer?.cancel(), { once: true });
  }

  #silent(leaseName: string): boolean {
    const beat = this.#beats.get(leaseName);
    return beat === undefined || isSilent(beat.heardAt, this.#hearingMs());
  }

  /** The time in which a renewal would have been heard. */
  #hearingMs(): number {
    const since = this.clock.now() - (this.#lastHeard ?? this.clock.now());
    return this.#heardMs + Math.min(since, deafMs);
  }

  #judge(leaseName: string): void {
    const alive = !this.#silent(leaseName);
    if (!isNodes(leaseName) || alive === this.#alive.has(leaseName)) return;
    if (alive) this.#alive.add(leaseName);
    else this.#alive.delete(leaseName);
    for (const handler of this.#handlers) handler(leaseName);
  }
}

const isNodes = (leaseName: string): boolean => leaseName.startsWith(nodeLeaseName(''));
