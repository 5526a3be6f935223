import type { Metrics } from '../metrics';

const labelNames = ['name'] as const;

/** Under the names client-go gave them. In steady state the lists do not rise. */
export class ReflectorMetrics {
  private readonly metrics;

  constructor(
    private readonly name: string,
    metrics: Metrics,
  ) {
    this.metrics = {
      lists: metrics.counter({ name: 'reflector_lists_total', help: 'Lists begun by reflectors', labelNames }),
      watches: metrics.counter({ name: 'reflector_watches_total', help: 'Watches begun by reflectors', labelNames }),
      failures: metrics.counter({
        name: 'reflector_failures_total',
        help: 'Lists and watches that failed',
        labelNames: ['name', 'verb'] as const,
      }),
    };
    this.metrics.lists.inc({ name }, 0);
    this.metrics.watches.inc({ name }, 0);
  }

  listed(): void {
    this.metrics.lists.inc({ name: this.name });
  }

  watched(): void {
    this.metrics.watches.inc({ name: this.name });
  }

  failed(verb: 'list' | 'watch'): void {
    this.metrics.failures.inc({ name: this.name, verb });
  }
}
