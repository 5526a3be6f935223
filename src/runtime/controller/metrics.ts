import type { Metrics } from '../metrics';

/** How a pass ended, in controller-runtime's words. A conflict counts as a requeue. */
export type Result = 'success' | 'requeue_after' | 'requeue' | 'error';
const results: Result[] = ['success', 'requeue_after', 'requeue', 'error'];

const controllerOnly = ['controller'] as const;

/** Figures of one controller under controller-runtime's names. */
export class ControllerMetrics {
  private readonly labels: { controller: string };
  private readonly metrics;

  constructor(controller: string, workers: number, metrics: Metrics) {
    this.labels = { controller };
    this.metrics = register(metrics);
    for (const result of results) this.metrics.passes.inc({ controller, result }, 0);
    this.metrics.errors.inc(this.labels, 0);
    this.metrics.active.set(this.labels, 0);
    this.metrics.workers.set(this.labels, workers);
  }

  began(): void {
    this.metrics.active.inc(this.labels);
  }

  ended(result: Result, ms: number): void {
    this.metrics.active.dec(this.labels);
    this.metrics.passes.inc({ ...this.labels, result });
    this.metrics.time.observe(this.labels, Math.max(0, ms) / 1000);
    if (result === 'error') this.metrics.errors.inc(this.labels);
  }
}

function register(metrics: Metrics) {
  return {
    passes: metrics.counter({
      name: 'controller_runtime_reconcile_total',
      help: 'Total number of reconciliations per controller',
      labelNames: ['controller', 'result'] as const,
    }),
    errors: metrics.counter({
      name: 'controller_runtime_reconcile_errors_total',
      help: 'Total number of reconciliation errors per controller',
      labelNames: controllerOnly,
    }),
    time: metrics.histogram({
      name: 'controller_runtime_reconcile_time_seconds',
      help: 'Length of time per reconciliation per controller',
      labelNames: controllerOnly,
      buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    }),
    active: metrics.gauge({
      name: 'controller_runtime_active_workers',
      help: 'Number of currently used workers per controller',
      labelNames: controllerOnly,
    }),
    workers: metrics.gauge({
      name: 'controller_runtime_max_concurrent_reconciles',
      help: 'Maximum number of concurrent reconciles per controller',
      labelNames: controllerOnly,
    }),
  };
}
