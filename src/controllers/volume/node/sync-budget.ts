import type { Clock } from '../../../runtime/clock';

/** Bytes a second: a sixth of 10 GbE. md starts with 1 MB/s, and gives way to any I/O that it takes for somebody's. */
export const defaultSyncBandwidth = 200 * 1024 ** 2;
/** KiB/s that md gives each array by itself (speed_limit_min). */
const leastKib = 1_000;
/** Arrays by the hundred begin and end within a moment; what each gets changes once in this time. */
const settleMs = 1_000;

/**
 * What the synchronisations of one node get even beside applications' I/O, shared by the arrays that synchronise at
 * the moment. Beyond it md copies as fast as drives and network allow while nobody else wants them.
 */
export class SyncBudget {
  readonly #running = new Set<string>();
  /** How many the budget is shared by. */
  #sharers = 1;
  #settling = false;

  /** `changed` is told of every array whose share is another one now. */
  constructor(
    private readonly clock: Clock,
    private readonly bytesPerSecond: number,
    private readonly changed: (key: string) => void,
  ) {}

  /** KiB/s for each array that synchronises, once it is known whether this one does. */
  share(key: string, synchronises: boolean): number {
    if (synchronises) this.#running.add(key);
    else this.#running.delete(key);
    if (Math.max(1, this.#running.size) !== this.#sharers) this.#settle();
    return Math.max(leastKib, Math.floor(this.bytesPerSecond / 1024 / this.#sharers));
  }

  #settle(): void {
    if (this.#settling) return;
    this.#settling = true;
    this.clock.setTimer(settleMs, () => {
      this.#settling = false;
      if (Math.max(1, this.#running.size) === this.#sharers) return;
      this.#sharers = Math.max(1, this.#running.size);
      for (const key of this.#running) this.changed(key);
    });
  }
}
