import {
  Counter,
  Gauge,
  Histogram,
  Registry,
  collectDefaultMetrics,
  type CounterConfiguration,
  type GaugeConfiguration,
  type HistogramConfiguration,
  type LabelValues,
} from 'prom-client';

export type { Counter, Gauge, Histogram };

type Config<C> = Omit<C, 'registers'>;

interface Series {
  labels: LabelValues<string>;
  read: () => number;
}

/**
 * A registry in which asking twice for one metric gives the same metric, so that each part of a process names
 * what it needs, however many of that part there are.
 *
 * Assumes: those who share a name agree on the metric's type and labels.
 */
export class Metrics {
  readonly contentType: string;
  private readonly series = new Map<string, Series[]>();

  constructor(private readonly registry = new Registry()) {
    this.contentType = registry.contentType;
  }

  counter<L extends string>(config: Config<CounterConfiguration<L>>): Counter<L> {
    return this.once(config.name, () => new Counter<L>({ ...config, registers: [this.registry] }));
  }

  gauge<L extends string>(config: Config<GaugeConfiguration<L>>): Gauge<L> {
    return this.once(config.name, () => new Gauge<L>({ ...config, registers: [this.registry] }));
  }

  histogram<L extends string>(config: Config<HistogramConfiguration<L>>): Histogram<L> {
    return this.once(config.name, () => new Histogram<L>({ ...config, registers: [this.registry] }));
  }

  /** Adds a series whose value is asked for whenever somebody reads the metrics. */
  computed<L extends string>(config: Config<GaugeConfiguration<L>>, labels: LabelValues<L>, read: () => number): void {
    let series = this.series.get(config.name);
    if (!series) {
      const known: Series[] = [];
      const gauge = this.gauge<L>({
        ...config,
        collect: () => known.forEach((one) => gauge.set(one.labels, one.read())),
      });
      this.series.set(config.name, (series = known));
    }
    series.push({ labels, read });
  }

  /** Memory, event loop lag and the like of this process, under prom-client's names. */
  addProcessMetrics(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Everything in Prometheus' text format. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  /** The value of one series of a counter or gauge; 0 when it never was set. For tests and for reports. */
  async value(name: string, labels: Record<string, string> = {}): Promise<number> {
    const metric = await this.registry.getSingleMetric(name)?.get();
    const matches = (series: object) =>
      Object.entries(labels).every(([key, value]) => Reflect.get(series, key) === value);
    const found = (metric?.values ?? []).filter((series) => matches(series.labels));
    return found.reduce((sum, { value }) => sum + value, 0);
  }

  private once<M>(name: string, make: () => M): M {
    return (this.registry.getSingleMetric(name) as M | undefined) ?? make();
  }
}

export const newMetrics = (): Metrics => new Metrics();
