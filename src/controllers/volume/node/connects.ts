import type { Clock } from '../../../runtime/clock';

/** Wait between attempts on one provider that refuses or does not answer. */
const retryMs = 2_000;

/**
 * Connection attempts that run beside the reconciler's passes: reaching a dead provider takes seconds, in
 * which the volume's other members must not go unattended.
 */
export class Connects {
  readonly #attempts = new Map<string, Error | undefined>();

  constructor(private readonly clock: Clock) {}

  /** NQNs with an attempt under way (undefined), or one that failed less than `retryMs` ago (its error). */
  pending(): ReadonlyMap<string, Error | undefined> {
    return new Map(this.#attempts);
  }

  /** Starts an attempt unless one is pending; `changed` is called when it ended, and when it may be repeated. */
  start(nqn: string, connect: () => Promise<unknown>, changed: () => void): void {
    if (this.#attempts.has(nqn)) return;
    this.#attempts.set(nqn, undefined);
    const forget = () => {
      this.#attempts.delete(nqn);
      changed();
    };
    void connect().then(forget, (error: unknown) => {
      this.#attempts.set(nqn, error instanceof Error ? error : new Error(String(error)));
      changed();
      this.clock.setTimer(retryMs, forget);
    });
  }
}
