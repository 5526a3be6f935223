import type { Clock } from '../../runtime/clock';
import { HostError } from '../errors';

/**
 * One verb being carried out: how long it may still take, and which processes it has started.
 */
export class Call {
  private readonly endsAt: number;

  /** Settle when what this call began, and that changes something, has really ended. Locks are held until then. */
  readonly unfinished: Set<Promise<void>>;

  constructor(
    readonly verb: string,
    readonly clock: Clock,
    deadlineMs: number,
    private readonly signal?: AbortSignal,
    unfinished?: Set<Promise<void>>,
  ) {
    this.endsAt = clock.now() + deadlineMs;
    this.unfinished = unfinished ?? new Set();
  }

  /** Milliseconds left. Throws Timeout when there are none, or when the caller has gone away. */
  left(): number {
    const ms = this.endsAt - this.clock.now();
    if (ms <= 0) throw new HostError('Timeout', `${this.verb}: the deadline has passed`);
    if (this.signal?.aborted) throw new HostError('Timeout', `${this.verb}: the caller has given up`);
    return ms;
  }

  /** Waits, but not beyond the deadline; throws Timeout when that has passed. */
  async sleep(ms: number): Promise<void> {
    await this.clock.sleep(Math.min(ms, this.left()));
    this.left();
  }

  /**
   * Repeats `attempt` until it gives something other than undefined; undefined when `forMs` have passed without.
   * Throws Timeout at the deadline.
   */
  async poll<T>(forMs: number, everyMs: number, attempt: () => Promise<T | undefined>): Promise<T | undefined> {
    const until = this.clock.now() + forMs;
    for (;;) {
      const result = await attempt();
      if (result !== undefined || this.clock.now() >= until) return result;
      await this.sleep(everyMs);
    }
  }

  /** Whether `work` ends before the deadline. Where it does not, it goes on, and holds the locks of this call. */
  endsInTime(work: Promise<unknown>): Promise<boolean> {
    const forget = () => void this.unfinished.delete(settled);
    const settled = work.then(forget, forget);
    this.unfinished.add(settled);
    return new Promise((resolve, reject) => {
      const timer = this.clock.setTimer(this.left(), () => resolve(false));
      work.finally(() => timer.cancel()).then(() => resolve(true), reject);
    });
  }

  /** The same call, counting what it begins by itself. */
  detached(): Call {
    return new Call(this.verb, this.clock, this.left(), this.signal);
  }

  /** For what must be finished or undone although the deadline has passed or the caller has gone. */
  aftermath(ms = 10_000): Call {
    return new Call(this.verb, this.clock, ms, undefined, this.unfinished);
  }
}
