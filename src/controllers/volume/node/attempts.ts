import type { Clock } from '../../../runtime/clock';

/** Wait between attempts on one provider or member that refuses or does not answer. */
const retryMs = 2_000;

/**
 * Connection attempts that run beside the reconciler's passes: reaching a dead provider takes seconds, in
 * which the volume's other members must not go unattended. Also remembers what failed a moment ago, for the
 * same reason: a member that refuses holds no other rule up.
 */
export class Attempts {
  readonly #known = new Map<string, Error | undefined>();

  constructor(private readonly clock: Clock) {}

  /** What is under way (undefined), or failed less than `retryMs` ago (its error), by NQN or `slotId`. */
  pending(): ReadonlyMap<string, Error | undefined> {
    return new Map(this.#known);
  }

  /** Starts an attempt unless one is pending; `changed` is called when it ended, and when it may be repeated. */
  start(nqn: string, connect: () => Promise<unknown>, changed: () => void): void {
    if (this.#known.has(nqn)) return;
    this.#known.set(nqn, undefined);
    const succeeded = () => {
      this.#known.delete(nqn);
      changed();
    };
    void connect().then(succeeded, (error: unknown) => {
      this.setAside(nqn, error instanceof Error ? error : new Error(String(error)), changed);
      changed();
    });
  }

  /** Keeps a failure for `retryMs`; `changed` is called when it is forgotten. */
  setAside(id: string, error: Error, changed: () => void): void {
    this.#known.set(id, error);
    this.clock.setTimer(retryMs, () => {
      this.#known.delete(id);
      changed();
    });
  }
}
