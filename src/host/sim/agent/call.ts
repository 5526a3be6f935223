import type { Clock, Timer } from '../../../runtime/clock';
import type { CallOptions } from '../../contract';
import { defaultDeadlineMs } from '../../contract';
import { HostError } from '../../errors';
import type { Done } from '../kernel/errno';

/** Starts something that ends by `done`; what it returns, if anything, gives up waiting for it. */
export type Start<T> = (done: Done<T>) => void | (() => void);

/** One call of a verb: everything it waits for ends by its deadline, or when the agent dies. */
export class Call {
  private readonly deadline: number;
  private readonly waits = new Set<(reason: HostError) => void>();
  private readonly signal: AbortSignal | undefined;
  private dead: HostError | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly verb: string,
    { deadlineMs = defaultDeadlineMs, signal }: CallOptions = {},
  ) {
    this.deadline = clock.now() + deadlineMs;
    this.signal = signal;
    if (signal?.aborted) this.cancelled();
    else signal?.addEventListener('abort', this.cancelled, { once: true });
  }

  /** The call was answered. */
  close(): void {
    this.signal?.removeEventListener('abort', this.cancelled);
  }

  private readonly cancelled = (): void => this.abandon(new HostError('Timeout', `${this.verb}: the caller gave up`));

  get leftMs(): number {
    return this.deadline - this.clock.now();
  }

  /** Waits at most until the deadline, or `limitMs`; Timeout then, whatever becomes of it. */
  wait<T = void>(what: string, start: Start<T>, limitMs = Infinity): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.dead) return reject(this.dead);
      let open = true;
      const timers: Timer[] = [];
      const close = (end: () => void) => {
        if (!open) return;
        open = false;
        for (const timer of timers) timer.cancel();
        this.waits.delete(abandon);
        end();
      };
      const abandon = (reason: HostError) => {
        close(() => {
          undo?.();
          reject(reason);
        });
      };
      const undo = start((error, value) => close(() => (error ? reject(error) : resolve(value as T))));
      if (!open) return;
      this.waits.add(abandon);
      const late = () => abandon(new HostError('Timeout', `${this.verb}: ${what} did not end in time`));
      timers.push(this.clock.setTimer(Math.max(0, Math.min(this.leftMs, limitMs)), late));
    });
  }

  sleep(ms: number): Promise<void> {
    return this.wait('waiting', (done) => {
      const timer = this.clock.setTimer(ms, () => done(undefined));
      return () => timer.cancel();
    });
  }

  /** Ends the call: the agent, or the caller, is gone. */
  abandon(reason: HostError): void {
    this.dead ??= reason;
    for (const wait of [...this.waits]) wait(reason);
  }
}
