import type { Clock, Timer } from '../clock';

/** A signal that is aborted when nothing happened for a while, or when the outer one is. */
export class IdleTimeout {
  /** Whether it was the silence that aborted the signal. */
  expired = false;
  private readonly abort = new AbortController();
  private readonly onOuter = () => this.end(this.outer.reason);
  private lastTouch: number;
  private timer: Timer;

  constructor(
    private readonly clock: Clock,
    private readonly ms: number,
    private readonly outer: AbortSignal,
  ) {
    this.lastTouch = clock.now();
    this.timer = clock.setTimer(ms, () => this.check());
    outer.addEventListener('abort', this.onOuter, { once: true });
    if (outer.aborted) this.onOuter();
  }

  get signal(): AbortSignal {
    return this.abort.signal;
  }

  /** Something happened. As cheap as reading the clock: the timer is left alone until it fires. */
  touch(): void {
    this.lastTouch = this.clock.now();
  }

  cancel(): void {
    this.timer.cancel();
    this.outer.removeEventListener('abort', this.onOuter);
  }

  private check(): void {
    const now = this.clock.now();
    // A clock that was set back must not keep a dead watch alive.
    this.lastTouch = Math.min(this.lastTouch, now);
    const left = this.lastTouch + this.ms - now;
    if (left > 0) {
      this.timer = this.clock.setTimer(left, () => this.check());
      return;
    }
    this.expired = true;
    this.end(new Error(`nothing came for ${this.ms} ms`));
  }

  private end(reason: unknown): void {
    this.cancel();
    this.abort.abort(reason);
  }
}
