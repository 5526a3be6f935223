import type { Random } from '../clock';

export interface RateLimitOptions {
  /** Delay after the first failure. Default 5 ms. */
  baseMs?: number;
  /** Default 1000 s. */
  maxMs?: number;
  /** Up to this share is added by chance, so that what failed together is not retried together. Default 0.1. */
  jitter?: number;
}

/** Exponential back-off per key: 5 ms, 10 ms, ... 1000 s, as in controller-runtime. */
export class RateLimit {
  private readonly failures = new Map<string, number>();
  private readonly baseMs: number;
  private readonly maxMs: number;
  private readonly jitter: number;

  constructor(
    private readonly random: Random,
    { baseMs = 5, maxMs = 1_000_000, jitter = 0.1 }: RateLimitOptions = {},
  ) {
    this.baseMs = baseMs;
    this.maxMs = maxMs;
    this.jitter = jitter;
  }

  /** Counts a failure; how long to stay away from the key. */
  next(key: string): number {
    const failures = this.failures.get(key) ?? 0;
    this.failures.set(key, failures + 1);
    return Math.round(Math.min(this.baseMs * 2 ** failures, this.maxMs) * (1 + this.jitter * this.random()));
  }

  failuresOf(key: string): number {
    return this.failures.get(key) ?? 0;
  }

  forget(key: string): void {
    this.failures.delete(key);
  }
}
