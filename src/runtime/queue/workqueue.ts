import type { Clock, Random } from '../clock';
import type { Metrics } from '../metrics';
import { DelayedKeys } from './delayed';
import { QueueMetrics } from './metrics';
import { RateLimit, type RateLimitOptions } from './rate-limit';

export interface WorkQueueOptions {
  /** Appears in metrics. */
  name: string;
  clock: Clock;
  random: Random;
  metrics?: Metrics;
  rateLimit?: RateLimitOptions;
}

/**
 * Keys waiting to be worked on, with the semantics of client-go's work queue.
 *
 * Guarantees
 *   - A key is handed out to one worker at a time; it is queued once, however often it is added.
 *   - A key added while it is worked on is handed out again after done(): no add is ever lost.
 *   - addAfter and addRateLimited keep the earliest of the times asked for.
 *   - After shutDown() nothing is accepted, delayed keys are dropped, and those already queued are still
 *     handed out (it drains).
 * Assumes: done() follows every key that get() gave, exactly once.
 */
export class WorkQueue {
  /** In order of arrival. `head` is the next one; what is before it has been handed out. */
  private queue: string[] = [];
  private head = 0;
  /** Needs work: queued, or to be queued when done() is called. */
  private readonly dirty = new Set<string>();
  private readonly processing = new Set<string>();
  private readonly idle: ((key: string | undefined) => void)[] = [];
  private readonly delayed: DelayedKeys;
  private readonly limit: RateLimit;
  private readonly metrics: QueueMetrics;
  private closed = false;

  constructor({ name, clock, random, metrics, rateLimit }: WorkQueueOptions) {
    this.delayed = new DelayedKeys(clock, (key) => this.add(key));
    this.limit = new RateLimit(random, rateLimit);
    this.metrics = new QueueMetrics(name, clock, metrics);
  }

  /** Keys queued and not yet handed out. */
  get depth(): number {
    return this.queue.length - this.head;
  }

  add(key: string): void {
    if (this.closed || this.dirty.has(key)) return;
    this.dirty.add(key);
    this.metrics.queued(key);
    if (!this.processing.has(key)) this.enqueue(key);
  }

  addAfter(key: string, ms: number): void {
    if (this.closed) return;
    if (ms <= 0) this.add(key);
    else this.delayed.add(key, ms);
  }

  /** Adds the key after its back-off, which grows with every call until forget(). */
  addRateLimited(key: string): void {
    if (this.closed) return;
    this.metrics.retried();
    this.addAfter(key, this.limit.next(key));
  }

  /** The key succeeded: its back-off begins anew. */
  forget(key: string): void {
    this.limit.forget(key);
  }

  /** How often addRateLimited was called since the last forget(). */
  retries(key: string): number {
    return this.limit.failuresOf(key);
  }

  /** The next key; waits for one. Undefined once the queue is shut down and empty. */
  get(): Promise<string | undefined> {
    if (this.depth > 0) return Promise.resolve(this.handOut(this.dequeue()));
    if (this.closed) return Promise.resolve(undefined);
    return new Promise((resolve) => this.idle.push(resolve));
  }

  done(key: string): void {
    if (!this.processing.delete(key)) throw new Error(`work queue: done('${key}') without a get()`);
    this.metrics.finished(key);
    if (this.dirty.has(key)) this.enqueue(key);
  }

  shutDown(): void {
    this.closed = true;
    this.delayed.clear();
    for (const resolve of this.idle.splice(0)) resolve(undefined);
  }

  private enqueue(key: string): void {
    const waiting = this.idle.shift();
    if (waiting) waiting(this.handOut(key));
    else this.queue.push(key);
  }

  private handOut(key: string): string {
    this.dirty.delete(key);
    this.processing.add(key);
    this.metrics.started(key);
    return key;
  }

  private dequeue(): string {
    const key = this.queue[this.head++]!;
    if (this.head === this.queue.length || (this.head > 1000 && this.head * 2 > this.queue.length)) {
      this.queue = this.queue.slice(this.head);
      this.head = 0;
    }
    return key;
  }
}
