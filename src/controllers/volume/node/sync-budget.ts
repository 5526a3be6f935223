/** Bytes a second: a sixth of 10 GbE. md starts with 1 MB/s, and gives way to any I/O that it takes for somebody's. */
export const defaultSyncBandwidth = 200 * 1024 ** 2;

/**
 * What the synchronisations of one node get even beside applications' I/O, shared by the arrays that synchronise at
 * the moment. Beyond it md copies as fast as drives and network allow while nobody else wants them.
 */
export class SyncBudget {
  readonly #running = new Set<string>();

  /** `changed` is told of every array whose share is another one now. */
  constructor(
    private readonly bytesPerSecond: number,
    private readonly changed: (key: string) => void,
  ) {}

  /** KiB/s for each array that synchronises, once it is known whether this one does. */
  share(key: string, synchronises: boolean): number {
    const before = this.#running.size;
    if (synchronises) this.#running.add(key);
    else this.#running.delete(key);
    if (this.#running.size !== before) {
      for (const other of this.#running) if (other !== key) this.changed(other);
    }
    return Math.max(1, Math.floor(this.bytesPerSecond / 1024 / Math.max(1, this.#running.size)));
  }
}
