import type { Clock } from '../clock';
import { newMetrics, type Metrics } from '../metrics';

const labelNames = ['name', 'controller'] as const;
/** controller-runtime's begin at 10 ns; the clock tells milliseconds. */
const buckets = [0.001, 0.01, 0.1, 1, 10, 60, 600, 3600];

/** Figures of one work queue under controller-runtime's names. */
export class QueueMetrics {
  private readonly labels: { name: string; controller: string };
  private readonly queuedAt = new Map<string, number>();
  private readonly startedAt = new Map<string, number>();
  private readonly metrics;

  constructor(
    name: string,
    private readonly clock: Clock,
    metrics: Metrics = newMetrics(),
  ) {
    this.labels = { name, controller: name };
    this.metrics = register(metrics);
    this.metrics.depth.set(this.labels, 0);
    metrics.computed(
      { name: 'workqueue_unfinished_work_seconds', help: 'Seconds of work in progress, summed over items', labelNames },
      this.labels,
      () => this.ages().reduce((sum, age) => sum + age, 0),
    );
    metrics.computed(
      { name: 'workqueue_longest_running_processor_seconds', help: 'Age of the longest work in progress', labelNames },
      this.labels,
      () => Math.max(0, ...this.ages()),
    );
  }

  queued(key: string): void {
    this.metrics.adds.inc(this.labels);
    this.metrics.depth.inc(this.labels);
    this.queuedAt.set(key, this.clock.now());
  }

  started(key: string): void {
    const now = this.clock.now();
    this.metrics.depth.dec(this.labels);
    this.metrics.waited.observe(this.labels, seconds(now - (this.queuedAt.get(key) ?? now)));
    this.queuedAt.delete(key);
    this.startedAt.set(key, now);
  }

  finished(key: string): void {
    const now = this.clock.now();
    this.metrics.worked.observe(this.labels, seconds(now - (this.startedAt.get(key) ?? now)));
    this.startedAt.delete(key);
  }

  retried(): void {
    this.metrics.retries.inc(this.labels);
  }

  private ages(): number[] {
    return [...this.startedAt.values()].map((start) => seconds(this.clock.now() - start));
  }
}

const seconds = (ms: number): number => Math.max(0, ms) / 1000;

function register(metrics: Metrics) {
  return {
    depth: metrics.gauge({ name: 'workqueue_depth', help: 'Current depth of workqueue', labelNames }),
    adds: metrics.counter({
      name: 'workqueue_adds_total',
      help: 'Total number of adds handled by workqueue',
      labelNames,
    }),
    waited: metrics.histogram({
      name: 'workqueue_queue_duration_seconds',
      help: 'How long in seconds an item stays in workqueue before being requested',
      labelNames,
      buckets,
    }),
    worked: metrics.histogram({
      name: 'workqueue_work_duration_seconds',
      help: 'How long in seconds processing an item from workqueue takes',
      labelNames,
      buckets,
    }),
    retries: metrics.counter({
      name: 'workqueue_retries_total',
      help: 'Total number of retries handled by workqueue',
      labelNames,
    }),
  };
}
