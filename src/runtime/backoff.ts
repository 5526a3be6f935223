import type { Random } from './clock';

export interface BackoffOptions {
  baseMs: number;
  maxMs: number;
  /** Up to this share is added by chance. */
  jitter: number;
}

/** Delays of one thing that is tried again and again: doubling, with jitter, until it succeeds. */
export class Backoff {
  private failures = 0;

  constructor(
    private readonly random: Random,
    private readonly options: BackoffOptions,
  ) {}

  next(): number {
    const { baseMs, maxMs, jitter } = this.options;
    return Math.round(Math.min(baseMs * 2 ** this.failures++, maxMs) * (1 + jitter * this.random()));
  }

  reset(): void {
    this.failures = 0;
  }
}
