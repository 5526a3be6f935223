import type { Clock } from '../runtime/clock';
import type { Call } from './call';
import type { Changes } from './caches';
import { CsiError, type Code } from './status';

/** What a look at the caches found. */
export type Look<T> =
  | { readonly done: T }
  | {
      /** What is not there yet, as a clause. */
      readonly pending: string;
      /** Look again at this clock time even if nothing changed: when silence itself becomes an answer. */
      readonly recheckAt?: number;
    };

export interface Waiting<T> {
  readonly volume: string;
  /** Called once at the start and again after each change of the volume or its partitions. */
  readonly look: () => Look<T> | Promise<Look<T>>;
  /** The code when the time is up; the message says what is being waited for. */
  readonly timedOut: Code;
}

/** Waits for conditions by watching: nothing is read in a loop, and no change is missed. */
export class Waiter {
  constructor(
    private readonly clock: Clock,
    private readonly changes: Changes,
  ) {}

  /** Throws with `timedOut` at the call's deadline, CANCELLED when the caller gave up, or what `look` throws. */
  async until<T>(call: Call, { volume, look, timedOut }: Waiting<T>): Promise<T> {
    const bell = new Bell(this.clock);
    const ring = () => bell.ring();
    const unsubscribe = this.changes.subscribe(volume, ring);
    call.signal.addEventListener('abort', ring);
    try {
      for (;;) {
        const seen = await look();
        if ('done' in seen) return seen.done;
        if (call.signal.aborted) throw cancelled(volume, seen.pending);
        if (this.clock.now() >= call.deadline) {
          throw new CsiError(timedOut, `volume ${volume}: still waiting: ${seen.pending}`);
        }
        await bell.rung(Math.min(call.deadline, seen.recheckAt ?? Infinity));
      }
    } finally {
      unsubscribe();
      call.signal.removeEventListener('abort', ring);
    }
  }
}

const cancelled = (volume: string, pending: string): CsiError =>
  new CsiError('CANCELLED', `volume ${volume}: the caller gave up waiting: ${pending}`);

/** Remembers a ring that nobody was waiting for. */
class Bell {
  private pending = false;
  private wake: (() => void) | undefined;

  constructor(private readonly clock: Clock) {}

  ring(): void {
    this.pending = true;
    this.wake?.();
  }

  /** Resolves once rung since the last time, or at the clock time `until`. */
  async rung(until: number): Promise<void> {
    if (!this.pending) {
      await new Promise<void>((resolve) => {
        const timer = this.clock.setTimer(until - this.clock.now(), resolve);
        this.wake = () => {
          timer.cancel();
          resolve();
        };
      });
    }
    this.pending = false;
    this.wake = undefined;
  }
}
