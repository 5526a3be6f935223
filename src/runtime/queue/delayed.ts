import type { Clock, Timer } from '../clock';

/**
 * Keys that fall due later, under one timer however many they are. A key waits once, until the earliest of
 * the times asked for.
 */
export class DelayedKeys {
  /** A binary heap by time. An entry whose time is not its key's in `due` was overtaken and is skipped. */
  private readonly heap: { key: string; at: number }[] = [];
  private readonly due = new Map<string, number>();
  private timer: { at: number; handle: Timer } | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly release: (key: string) => void,
  ) {}

  get size(): number {
    return this.due.size;
  }

  add(key: string, ms: number): void {
    const at = this.clock.now() + ms;
    if ((this.due.get(key) ?? Infinity) <= at) return;
    this.due.set(key, at);
    this.push({ key, at });
    this.arm();
  }

  clear(): void {
    this.timer?.handle.cancel();
    this.timer = undefined;
    this.heap.length = 0;
    this.due.clear();
  }

  private arm(): void {
    const at = this.heap[0]?.at;
    if (at === undefined || (this.timer && this.timer.at <= at)) return;
    this.timer?.handle.cancel();
    // Timers hold 31 bits of milliseconds; waking early does no harm.
    const ms = Math.min(Math.max(0, at - this.clock.now()), 2 ** 31 - 1);
    this.timer = { at, handle: this.clock.setTimer(ms, () => this.fire()) };
  }

  private fire(): void {
    this.timer = undefined;
    const now = this.clock.now();
    while (this.heap.length > 0 && this.heap[0]!.at <= now) {
      const { key, at } = this.pop();
      if (this.due.get(key) !== at) continue;
      this.due.delete(key);
      this.release(key);
    }
    this.arm();
  }

  private push(entry: { key: string; at: number }): void {
    const { heap } = this;
    let index = heap.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (heap[parent]!.at <= entry.at) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = entry;
  }

  private pop(): { key: string; at: number } {
    const { heap } = this;
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1]!.at < heap[child]!.at) child++;
      if (heap[child]!.at >= last.at) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
    return first;
  }
}
