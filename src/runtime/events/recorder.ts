import type { KubeObject } from '../../api/meta';
import type { Clock, Random } from '../clock';
import { ApiError, isAlreadyExists, isNotFound, type KubeClient } from '../kube/client';
import type { Logger } from '../log';
import { newMetrics, type Counter, type Metrics } from '../metrics';
import { microTime } from '../microtime';
import { WorkQueue } from '../queue/workqueue';
import { events, fitNote, type Event, type EventType } from './event';

export interface EventRecorderOptions {
  client: KubeClient;
  /** Who reports, such as meshstor.io/controller. */
  component: string;
  /** Which process of it: a pod's name. */
  instance: string;
  clock: Clock;
  random: Random;
  log: Logger;
  metrics?: Metrics;
  /** An event that repeats is counted up in the API at most this often. */
  seriesPeriodMs?: number;
  /** After this long without a repetition the next one is an event of its own; as client-go. */
  forgetAfterMs?: number;
  /** Events that are waited for or may repeat; more at once are dropped. */
  capacity?: number;
}

/** At the end of the process, how long events may still be written. */
const flushMs = 2_000;
const maxAttempts = 8;
/** Kubernetes 1.20 takes events of cluster-scoped objects only here; later versions in `default` as well. */
const oldClusterNamespace = 'kube-system';

interface Series {
  readonly regarding: KubeObject;
  readonly type: EventType;
  readonly reason: string;
  readonly note: string;
  readonly eventTime: string;
  /** How often it happened, and how much of that the API server knows. */
  count: number;
  written: number;
  writtenAt: number;
  lastAt: number;
  /** Of the event in the API. */
  name: string;
}

/**
 * Writes events.k8s.io/v1 events.
 *
 * Guarantees: record() returns at once and never throws. The first of equal events is written as soon as
 * possible, its repetitions as a series of the same event. What cannot be written is dropped in the end, and
 * counted (`events_dropped_total`).
 */
export class EventRecorder {
  private readonly series = new Map<string, Series>();
  private readonly queue: WorkQueue;
  private readonly dropped: Counter<'why'>;
  private readonly seriesPeriodMs: number;
  private readonly forgetAfterMs: number;
  private readonly capacity: number;
  /** Where events of cluster-scoped objects live. */
  private clusterNamespace = 'default';

  constructor(private readonly options: EventRecorderOptions) {
    const { clock, random, metrics = newMetrics() } = options;
    this.seriesPeriodMs = options.seriesPeriodMs ?? 60_000;
    this.forgetAfterMs = options.forgetAfterMs ?? 360_000;
    this.capacity = options.capacity ?? 1000;
    const rateLimit = { baseMs: 1000, maxMs: 60_000, jitter: 0.2 };
    this.queue = new WorkQueue({ name: 'events', clock, random, metrics, rateLimit });
    this.dropped = metrics.counter({ name: 'events_dropped_total', help: 'Events never written', labelNames: ['why'] });
    for (const why of ['full', 'refused', 'unreachable']) this.dropped.inc({ why }, 0);
  }

  /**
   * Tells people what happened to an object. Events with the same object, type, reason and `same` (default: the
   * note) are one; give `same` where the note has parts that vary.
   */
  record(regarding: KubeObject, type: EventType, reason: string, note: string, same = note): void {
    const { clock } = this.options;
    const { uid, name, namespace = '' } = regarding.metadata;
    const key = JSON.stringify([regarding.kind, namespace, name, uid, type, reason, same]);
    const known = this.series.get(key);
    const now = clock.now();
    if (known) {
      known.count++;
      known.lastAt = now;
      this.queue.addAfter(key, known.writtenAt + this.seriesPeriodMs - now);
    } else if (this.series.size >= this.capacity) {
      this.dropped.inc({ why: 'full' });
    } else {
      const times = { count: 1, written: 0, writtenAt: now, lastAt: now, eventTime: microTime(clock) };
      this.series.set(key, { regarding, type, reason, note: fitNote(note), name: this.newName(name), ...times });
      this.queue.add(key);
    }
  }

  /** Writes events until the signal is aborted, and then, for a moment, those that are still unwritten. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.options;
    const close = () => this.queue.shutDown();
    signal.addEventListener('abort', close, { once: true });
    if (signal.aborted) close();
    const patience = new AbortController();
    const enough = new Promise<void>((resolve) => {
      const begin = () => void clock.sleep(flushMs, patience.signal).then(resolve, resolve);
      if (signal.aborted) begin();
      else signal.addEventListener('abort', begin, { once: true });
    });
    await Promise.race([this.work(), enough]);
    patience.abort();
  }

  private async work(): Promise<void> {
    for (;;) {
      const key = await this.queue.get();
      if (key === undefined) return;
      const series = this.series.get(key);
      if (series) await this.handle(key, series);
      this.queue.done(key);
    }
  }

  private async handle(key: string, series: Series): Promise<void> {
    const { clock } = this.options;
    try {
      await this.write(series);
      this.queue.forget(key);
    } catch (error) {
      return this.failed(key, error);
    }
    const now = clock.now();
    if (series.count > series.written) this.queue.addAfter(key, series.writtenAt + this.seriesPeriodMs - now);
    else if (series.lastAt + this.forgetAfterMs > now)
      this.queue.addAfter(key, series.lastAt + this.forgetAfterMs - now);
    else this.series.delete(key);
  }

  /** Brings the API server up to date about a series. */
  private async write(series: Series): Promise<void> {
    const { client, clock, component: fieldManager } = this.options;
    const { count } = series;
    if (count === series.written) return;
    const lastObservedTime = microTime({ now: () => series.lastAt });
    try {
      if (series.written === 0) {
        await this.create(series);
      } else {
        const namespace = this.namespaceOf(series.regarding);
        await client.patch(events, series.name, { series: { count, lastObservedTime } }, { fieldManager, namespace });
      }
    } catch (error) {
      if (isNotFound(error) && series.written > 0) {
        // Events live for an hour; the series goes on in another one.
        series.name = this.newName(series.regarding.metadata.name);
        await this.create(series, { series: { count, lastObservedTime } });
      } else if (!isAlreadyExists(error)) throw error;
    }
    series.written = series.written === 0 ? 1 : count;
    series.writtenAt = clock.now();
  }

  private async create(series: Series, more: Pick<Event, 'series'> = {}): Promise<void> {
    const { client, component: fieldManager } = this.options;
    try {
      await client.create(events, { ...this.eventOf(series), ...more }, { fieldManager });
    } catch (error) {
      const old = error instanceof ApiError && error.message.includes('does not match event.namespace');
      if (!old || this.clusterNamespace === oldClusterNamespace) throw error;
      this.clusterNamespace = oldClusterNamespace;
      await this.create(series, more);
    }
  }

  private namespaceOf({ metadata }: KubeObject): string {
    return metadata.namespace ?? this.clusterNamespace;
  }

  private failed(key: string, error: unknown): void {
    const refused = error instanceof ApiError && error.code < 500 && error.code !== 429;
    if (!refused && this.queue.retries(key) < maxAttempts) return this.queue.addRateLimited(key);
    this.options.log.debug('event dropped', { event: key, error: String(error) });
    this.dropped.inc({ why: refused ? 'refused' : 'unreachable' });
    this.series.delete(key);
    this.queue.forget(key);
  }

  private eventOf({ regarding, type, reason, note, eventTime, name }: Series): Event {
    const { component, instance } = this.options;
    const { apiVersion, kind, metadata } = regarding;
    const { name: regardingName, namespace, uid, resourceVersion } = metadata;
    return {
      metadata: { name, namespace: this.namespaceOf(regarding) },
      eventTime,
      reportingController: component,
      reportingInstance: instance.slice(0, 128),
      action: reason,
      reason,
      type,
      note,
      regarding: { apiVersion, kind, namespace, name: regardingName, uid, resourceVersion },
    };
  }

  /** As client-go names them: the object, and a number that no other has. */
  private newName(regarding: string): string {
    const { clock, random } = this.options;
    const digits = (number: number, length: number) => Math.floor(number).toString(16).padStart(length, '0');
    return `${regarding.slice(0, 230)}.${digits(clock.now(), 11)}${digits(random() * 2 ** 20, 5)}`;
  }
}
