import { aborted } from '../aborted';
import type { Clock, Random } from '../clock';
import { isConflict } from '../kube/client';
import type { Logger } from '../log';
import { newMetrics, type Metrics } from '../metrics';
import type { RateLimitOptions } from '../queue/rate-limit';
import { WorkQueue } from '../queue/workqueue';
import type { Outcome, Pass, Reconciler } from '../reconciler';
import { ControllerMetrics, type Result } from './metrics';
import type { Source } from './source';

export interface ControllerOptions {
  reconciler: Reconciler;
  sources: readonly Source[];
  clock: Clock;
  random: Random;
  log: Logger;
  metrics?: Metrics;
  /** Keys worked on at once. Default 1. */
  workers?: number;
  rateLimit?: RateLimitOptions;
}

/**
 * Calls a reconciler for the keys its sources tell of.
 *
 * Guarantees
 *   - No pass begins before every source has synced; each object there is at start is reconciled.
 *   - A key is in one pass at a time; a change during a pass leads to another pass.
 *   - Whatever a pass throws leads to another pass of that key with exponential back-off, and to nothing else.
 *     A conflict is part of the day: it is repeated like a failure and reported as none.
 *   - run() returns after its signal is aborted and the passes under way have ended; none begins afterwards.
 */
export class Controller {
  readonly name: string;
  private readonly queue: WorkQueue;
  private readonly metrics: ControllerMetrics;
  private readonly log: Logger;
  private readonly workers: number;

  constructor(private readonly options: ControllerOptions) {
    this.name = options.reconciler.name;
    this.workers = options.workers ?? 1;
    const { clock, random, rateLimit } = options;
    const metrics = options.metrics ?? newMetrics();
    this.queue = new WorkQueue({ name: this.name, clock, random, metrics, rateLimit });
    this.metrics = new ControllerMetrics(this.name, this.workers, metrics);
    this.log = options.log.child({ controller: this.name });
  }

  /** A pass of this key is due for a reason that no source knows. */
  enqueue(key: string): void {
    this.queue.add(key);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { sources } = this.options;
    const stops = sources.map((source) => source.start((key) => this.queue.add(key)));
    const close = () => this.queue.shutDown();
    signal.addEventListener('abort', close, { once: true });
    if (signal.aborted) close();
    try {
      await Promise.race([Promise.all(sources.map((source) => source.whenSynced())), aborted(signal)]);
      await Promise.all(Array.from({ length: this.workers }, () => this.work(signal)));
    } finally {
      signal.removeEventListener('abort', close);
      for (const stop of stops) stop();
    }
  }

  private async work(signal: AbortSignal): Promise<void> {
    for (;;) {
      const key = await this.queue.get();
      if (key === undefined) return;
      if (!signal.aborted) await this.pass(key, signal);
      this.queue.done(key);
    }
  }

  /** Never rejects. */
  private async pass(key: string, signal: AbortSignal): Promise<void> {
    const { clock, random, reconciler } = this.options;
    const running = new RunningPass(signal, this.log, key, random());
    const started = clock.now();
    let result: Result = 'error';
    this.metrics.began();
    try {
      result = this.settle(key, await reconciler.reconcile(key, running), running);
    } catch (error) {
      result = this.fail(key, error, running);
    } finally {
      this.metrics.ended(result, clock.now() - started);
    }
  }

  private settle(key: string, outcome: Outcome, pass: Pass): Result {
    this.queue.forget(key);
    if (outcome.kind === 'settled') return 'success';
    if (this.log.isLevelEnabled('debug')) pass.log.debug(`waiting for ${outcome.for}`, { ms: outcome.ms });
    this.queue.addAfter(key, outcome.ms);
    return 'requeue_after';
  }

  private fail(key: string, error: unknown, { log, signal }: Pass): Result {
    this.queue.addRateLimited(key);
    if (isConflict(error) || signal.aborted) {
      log.debug('pass ended early', { error: textOf(error) });
      return 'requeue';
    }
    log.error('reconcile failed', { error: textOf(error) });
    return 'error';
  }
}

/** Most passes find nothing to do and say nothing: a logger is made for those that do. */
class RunningPass implements Pass {
  #log: Logger | undefined;

  constructor(
    readonly signal: AbortSignal,
    private readonly parent: Logger,
    private readonly key: string,
    private readonly chance: number,
  ) {}

  get log(): Logger {
    if (this.#log) return this.#log;
    const reconcileID = Math.floor(this.chance * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
    return (this.#log = this.parent.child({ key: this.key, reconcileID }));
  }
}

/** Whatever was thrown, in words. What is no Error may throw again when it is turned into text. */
function textOf(thrown: unknown): string {
  try {
    if (thrown instanceof Error) return thrown.stack ?? thrown.message;
    return `threw ${typeof thrown}: ${JSON.stringify(thrown) ?? String(thrown)}`;
  } catch {
    return `threw ${typeof thrown}`;
  }
}
