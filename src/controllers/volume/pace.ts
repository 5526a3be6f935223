import type { Clock } from '../../runtime/clock';

/**
 * How much a difference between the status on record and the one observed matters.
 * - `now`: people and the other half act on it.
 * - `early`: may be collected for a settle, so that what follows at once shares its write: nobody acts on it yet.
 * - `detail`: progress; written at intervals.
 */
export type Change = 'none' | 'now' | 'early' | 'detail';

export interface PaceOptions {
  /** How long early changes are collected. */
  readonly settleMs: number;
  /** Least time between two writes of mere progress. */
  readonly progressMs: number;
}

/**
 * The first record of a volume that nobody waits for yet may wait for its first synchronisation, if that is over within
 * this many settles: both then share one write, as do those that follow from them in the other half.
 */
export const firstRecordSettles = 10;

export const defaultPace: PaceOptions = { settleMs: 1_000, progressMs: 5_000 };

/** Keeps status writes few: says when a change may be written. Forgetting all of it costs one write that could have waited. */
export class Pace {
  readonly #pendingSince = new Map<string, number>();
  readonly #written = new Map<string, number>();

  constructor(
    private readonly clock: Clock,
    private readonly options: PaceOptions,
  ) {}

  /** Milliseconds until the change may be written; 0 means now. Early changes are collected for that many settles. */
  delay(key: string, change: Change, settles = 1): number {
    const now = this.clock.now();
    if (change === 'none') this.#pendingSince.delete(key);
    if (change === 'none' || change === 'now') return 0;
    const since = this.#pendingSince.get(key) ?? now;
    this.#pendingSince.set(key, since);
    const due =
      change === 'early'
        ? since + this.options.settleMs * settles
        : (this.#written.get(key) ?? -Infinity) + this.options.progressMs;
    return Math.max(0, due - now);
  }

  written(key: string): void {
    this.#pendingSince.delete(key);
    this.#written.set(key, this.clock.now());
  }

  forget(key: string): void {
    this.#pendingSince.delete(key);
    this.#written.delete(key);
  }
}
