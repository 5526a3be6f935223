import type { Clock, Timer } from '../../src/runtime/clock';

/**
 * A clock that moves only when a test says so.
 *
 *   const clock = new FakeClock();
 *   const done = clock.sleep(5_000);
 *   await clock.advance(5_000);          // runs what is due, in order, and what follows from it
 *   await done;
 *
 * Guarantees
 *   - Timers run in order of their time; those of the same time in the order they were set. `now()` inside a
 *     callback is the time the timer was due at. A timer set by a callback runs in the same `advance` if due.
 *   - Promise chains settle before `advance` begins, after every single timer, and before it returns
 *     (`settle`), so code that awaits between two timers behaves as it would in real time.
 *   - The same test gives the same order, always.
 *
 * Caveats
 *   - Real I/O (sockets, files, child processes) does not count as settled: wait for its own event, or for the
 *     timer it leads to (`timerSet`), and advance then.
 *   - An exception in a timer's callback rejects `advance`.
 *   - Calls of `advance` must not overlap.
 */
export class FakeClock implements Clock {
  private time: number;
  private readonly timers: PendingTimer[] = [];
  private readonly watchers = new Set<() => void>();
  private advancing = false;

  constructor(start: number | string = '2026-01-01T00:00:00Z') {
    this.time = typeof start === 'number' ? start : Date.parse(start);
  }

  now(): number {
    return this.time;
  }

  setTimer(ms: number, callback: () => void): Timer {
    const timer: PendingTimer = { at: this.time + Math.max(0, ms), callback };
    let index = this.timers.length;
    while (index > 0 && this.timers[index - 1]!.at > timer.at) index--;
    this.timers.splice(index, 0, timer);
    for (const watcher of [...this.watchers]) watcher();
    return {
      cancel: () => {
        const position = this.timers.indexOf(timer);
        if (position >= 0) this.timers.splice(position, 1);
      },
    };
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const onAbort = () => {
        timer.cancel();
        reject(signal?.reason as Error);
      };
      const timer = this.setTimer(ms, () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Milliseconds until each pending timer, soonest first. */
  get pending(): number[] {
    return this.timers.map(({ at }) => at - this.time);
  }

  /** Lets everything run that needs no time: promise chains, nextTick and setImmediate callbacks. */
  async settle(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Moves time on by `ms`, running every timer that falls due on the way. */
  async advance(ms: number): Promise<void> {
    await this.exclusively(async () => {
      const target = this.time + ms;
      await this.settle();
      while (this.timers.length > 0 && this.timers[0]!.at <= target) await this.runFirst();
      this.time = target;
      await this.settle();
    });
  }

  /**
   * Moves from timer to timer until the condition holds. Rejects when `limitMs` of virtual time passed, or no
   * timer is left, and it still does not.
   */
  async advanceUntil(condition: () => boolean, limitMs = 3_600_000): Promise<void> {
    await this.exclusively(async () => {
      const limit = this.time + limitMs;
      await this.settle();
      while (!condition()) {
        const next = this.timers[0];
        if (!next) throw new Error('advanceUntil: no timer is pending and the condition still does not hold');
        if (next.at > limit) throw new Error(`advanceUntil: the condition did not hold within ${limitMs} ms`);
        await this.runFirst();
      }
    });
  }

  /** Resolves as soon as a timer is pending whose remaining milliseconds satisfy `match` (default: any). */
  async timerSet(match: (ms: number) => boolean = () => true): Promise<void> {
    if (this.pending.some(match)) return;
    await new Promise<void>((resolve) => {
      const watcher = () => {
        if (!this.pending.some(match)) return;
        this.watchers.delete(watcher);
        resolve();
      };
      this.watchers.add(watcher);
    });
  }

  private async runFirst(): Promise<void> {
    const timer = this.timers.shift()!;
    this.time = timer.at;
    timer.callback();
    await this.settle();
  }

  private async exclusively(work: () => Promise<void>): Promise<void> {
    if (this.advancing) throw new Error('FakeClock: advance was called while another advance runs');
    this.advancing = true;
    try {
      await work();
    } finally {
      this.advancing = false;
    }
  }
}

interface PendingTimer {
  at: number;
  callback: () => void;
}
