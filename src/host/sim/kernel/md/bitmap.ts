import type { BitmapImage } from './superblock';

interface Chunk {
  /** Writes under way. */
  pending: number;
  /** A member missed a write here, or may have: the bit stays until it was synchronised. */
  needed: boolean;
  /** Rounds of the daemon without a write. */
  idle: number;
}

/**
 * The write-intent bitmap. A chunk is dirty from before the first write to it until some time after the last
 * one has reached all members.
 */
export class Bitmap {
  private readonly chunks = new Map<number, Chunk>();
  private dirty: ReadonlySet<number> | undefined;

  constructor(
    public eventsCleared: number,
    dirty: Iterable<number> = [],
    needed = true,
  ) {
    for (const chunk of dirty) this.chunks.set(chunk, { pending: 0, needed, idle: 0 });
  }

  image(): BitmapImage {
    this.dirty ??= new Set(this.chunks.keys());
    return { eventsCleared: this.eventsCleared, dirty: this.dirty };
  }

  isDirty(chunk: number): boolean {
    return this.chunks.has(chunk);
  }

  /** Whether any chunk can be cleared by and by. */
  get settling(): boolean {
    for (const chunk of this.chunks.values()) if (!chunk.needed && chunk.pending === 0) return true;
    return false;
  }

  /** A write begins. True when the bit has to be on the disks first. */
  begin(number: number): boolean {
    const chunk = this.chunks.get(number);
    if (chunk) {
      chunk.pending++;
      chunk.idle = 0;
      return false;
    }
    this.chunks.set(number, { pending: 1, needed: false, idle: 0 });
    this.dirty = undefined;
    return true;
  }

  /** A write ended; `complete` when no member missed it. */
  end(number: number, complete: boolean): void {
    const chunk = this.chunks.get(number)!;
    chunk.pending--;
    if (!complete) chunk.needed = true;
  }

  /** Every chunk is to be synchronised: the array was just made. */
  needAll(chunks: number): void {
    for (let number = 0; number < chunks; number++) {
      const chunk = this.chunks.get(number);
      if (chunk) chunk.needed = true;
      else this.chunks.set(number, { pending: 0, needed: true, idle: 0 });
    }
    this.dirty = undefined;
  }

  /** The members agree in this chunk. */
  synchronised(number: number): void {
    const chunk = this.chunks.get(number);
    if (chunk) chunk.needed = false;
  }

  /** One round of the daemon: a bit goes in the second one without a write. True when any went. */
  clearIdle(): boolean {
    let cleared = false;
    for (const [number, chunk] of this.chunks) {
      if (chunk.needed || chunk.pending > 0) continue;
      if (++chunk.idle < 2) continue;
      this.chunks.delete(number);
      cleared = true;
    }
    if (cleared) this.dirty = undefined;
    return cleared;
  }
}
