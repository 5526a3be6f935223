import type { Clock } from '../../../../src/runtime/clock';

/** Sleeping takes no time and still makes it later; timers, which are deadlines here, ring only when told to. */
export class QuickClock implements Clock {
  private time = 1_000_000;
  private readonly timers = new Set<{ readonly ms: number; readonly ring: () => void }>();

  now(): number {
    return this.time;
  }

  setTimer(ms: number, callback: () => void) {
    const timer = { ms, ring: callback };
    this.timers.add(timer);
    return { cancel: () => void this.timers.delete(timer) };
  }

  async sleep(ms: number): Promise<void> {
    this.time += ms;
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Lets every timer ring that is pending. */
  ringAll(): void {
    for (const timer of [...this.timers]) {
      this.timers.delete(timer);
      timer.ring();
    }
  }

  get pending(): number {
    return this.timers.size;
  }
}
