import { Backoff, type BackoffOptions } from '../backoff';
import type { Clock, Random } from '../clock';
import { ApiError, MalformedEvent, type KubeClient, type KubeObject, type Resource } from '../kube/client';
import type { Logger } from '../log';
import { newMetrics, type Metrics } from '../metrics';
import { IdleTimeout } from './idle-timeout';
import { ReflectorMetrics } from './reflector-metrics';

/** Which objects of a resource. */
export interface Selector {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** Where a reflector brings what it learns. Everything between listBegan and listEnded is one list. */
export interface ReflectorSink<T> {
  listBegan(): void;
  /** One page. */
  listed(objects: T[]): void;
  /** The list is complete: what it did not name is gone. */
  listEnded(): void;
  changed(object: T): void;
  deleted(object: T): void;
}

export interface ReflectorTuning {
  /** Objects a page. */
  pageSize: number;
  /** The server is asked to end a watch after this long, and up to twice as long by chance. */
  watchMs: number;
  /** A watch that brings nothing, not even a bookmark (one a minute), for this long is taken for dead. */
  idleMs: number;
  backoff: BackoffOptions;
}

/** As client-go; its counterpart of idleMs is the health check of its HTTP/2 connections. */
const defaultTuning: ReflectorTuning = {
  pageSize: 500,
  watchMs: 300_000,
  idleMs: 100_000,
  backoff: { baseMs: 800, maxMs: 30_000, jitter: 1 },
};

export interface ReflectorOptions<T extends KubeObject> {
  client: KubeClient;
  resource: Resource<T>;
  selector?: Selector;
  sink: ReflectorSink<T>;
  clock: Clock;
  random: Random;
  log: Logger;
  metrics?: Metrics;
  tuning?: Partial<ReflectorTuning>;
}

/**
 * Mirrors the objects of a resource into a sink: one paged list, then watches, for as long as it runs.
 *
 * Guarantees
 *   - No failure ends it. A watch that ends, breaks, is refused or goes silent is taken up again where it
 *     stopped; only a version that is too old, or a stream that makes no sense, leads to another list.
 *   - Failures in a row are further and further apart, with jitter.
 *   - The sink never sees managedFields.
 */
export class Reflector<T extends KubeObject> {
  private readonly tuning: ReflectorTuning;
  private readonly backoff: Backoff;
  private readonly metrics: ReflectorMetrics;
  /** The version everything up to which the sink has seen. */
  private version = '';

  constructor(private readonly options: ReflectorOptions<T>) {
    this.tuning = { ...defaultTuning, ...options.tuning };
    this.backoff = new Backoff(options.random, this.tuning.backoff);
    this.metrics = new ReflectorMetrics(options.resource.plural, options.metrics ?? newMetrics());
  }

  /** Returns when the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.list(signal);
        await this.follow(signal);
      } catch (error) {
        await this.retreat('list', error, signal);
      }
    }
  }

  private async list(signal: AbortSignal): Promise<void> {
    const { client, resource, selector, sink } = this.options;
    this.metrics.listed();
    sink.listBegan();
    let token: string | undefined;
    do {
      const options = { ...selector, limit: this.tuning.pageSize, continue: token };
      const page = await unlessAborted(client.list<T>(resource, options), signal);
      sink.listed(page.items.map(withoutManagedFields));
      this.version = page.resourceVersion;
      token = page.continue;
    } while (token);
    sink.listEnded();
  }

  /** Watches from the version reached until the signal is aborted; throws when only a list can help. */
  private async follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.watch(signal);
      } catch (error) {
        if (needsList(error)) throw error;
        await this.retreat('watch', error, signal);
      }
    }
  }

  private async watch(signal: AbortSignal): Promise<void> {
    const { client, resource, selector, clock, random } = this.options;
    const idle = new IdleTimeout(clock, this.tuning.idleMs, signal);
    const started = clock.now();
    const timeoutSeconds = Math.round((this.tuning.watchMs * (1 + random())) / 1000);
    const options = { ...selector, resourceVersion: this.version, timeoutSeconds };
    let events = 0;
    this.metrics.watched();
    try {
      for await (const event of client.watch<T>(resource, options, idle.signal)) {
        idle.touch();
        if (events++ === 0) this.backoff.reset();
        if (event.type === 'BOOKMARK') this.version = event.resourceVersion;
        else this.take(event.type, event.object);
      }
    } finally {
      idle.cancel();
      // A list alone proves nothing: each could be followed by a watch that is refused.
      if (clock.now() - started > this.tuning.backoff.maxMs) this.backoff.reset();
    }
    if (idle.expired) this.options.log.debug('watch was silent and is begun anew', { resource: resource.plural });
    else if (events === 0 && !signal.aborted && clock.now() - started < 1000)
      throw new Error('the watch ended at once');
  }

  private take(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: T): void {
    const { sink } = this.options;
    const stripped = withoutManagedFields(object);
    if (type === 'DELETED') sink.deleted(stripped);
    else sink.changed(stripped);
    this.version = object.metadata.resourceVersion ?? this.version;
  }

  private async retreat(what: 'list' | 'watch', error: unknown, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const ms = this.backoff.next();
    this.metrics.failed(what);
    const { clock, log, resource } = this.options;
    log.warn(`${what} of ${resource.plural} failed, trying again in ${ms} ms`, { error: String(error) });
    await clock.sleep(ms, signal).catch(() => undefined);
  }
}

/** Refusals that pass by themselves leave the watch's place valid. */
const passing = [429, 500, 502, 503];

const needsList = (error: unknown): boolean =>
  error instanceof MalformedEvent || (error instanceof ApiError && !passing.includes(error.code));

function withoutManagedFields<T extends KubeObject>(object: T): T {
  if (object.metadata.managedFields === undefined) return object;
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** Rejects as soon as the signal is aborted; the request itself ends by its own deadline. */
async function unlessAborted<R>(work: Promise<R>, signal: AbortSignal): Promise<R> {
  signal.throwIfAborted();
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
