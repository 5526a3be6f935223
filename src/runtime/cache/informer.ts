import type { Clock, Random } from '../clock';
import type { KubeClient, KubeObject, Resource } from '../kube/client';
import type { Lister } from '../lister';
import type { Logger } from '../log';
import type { Metrics } from '../metrics';
import { Indexes, type Indexers } from './indexes';
import { Membership } from './membership';
import { Reflector, type ReflectorSink, type ReflectorTuning, type Selector } from './reflector';
import { plainStore, type Store } from './store';

/** An object appeared (no `before`), changed, or is gone (no `now`). Never mutate either. */
export type Change<T> = { readonly before?: T; readonly now: T } | { readonly before: T; readonly now?: undefined };

export type ChangeHandler<T> = (change: Change<T>) => void;

export interface InformerOptions<T extends KubeObject> {
  client: KubeClient;
  resource: Resource<T>;
  clock: Clock;
  random: Random;
  log: Logger;
  metrics?: Metrics;
  /** The cache holds what any of them selects. Default: everything. */
  selectors?: readonly Selector[];
  indexers?: Indexers<T>;
  /** Default: a plain one. */
  store?: Store<T>;
  tuning?: Partial<ReflectorTuning>;
}

/** `namespace/name`, or just the name of a cluster-scoped object. */
export const keyOf = ({ metadata: { name, namespace } }: KubeObject): string => nameKey(name, namespace);
const nameKey = (name: string, namespace?: string): string => (namespace ? `${namespace}/${name}` : name);

/**
 * The one cache of a resource in a process, kept up to date by watching.
 *
 * Guarantees
 *   - With several selectors an object leaves the cache only when none selects it any more, and a slower watch
 *     never puts an older version in place of a newer one.
 *   - Handlers are called in order, after the cache holds the change; one that throws is logged and harms
 *     neither the others nor the cache. One added late is first told of every object there is.
 *   - An object that vanished while no watch was open is reported as gone once it is known (after the next list).
 * Caveat: after a restore of etcd from a backup, versions go back; restart the process then.
 */
export class Informer<T extends KubeObject> implements Lister<T> {
  private readonly store: Store<T>;
  private readonly indexes: Indexes<T>;
  private readonly reflectors: Reflector<T>[];
  private readonly membership: Membership | undefined;
  private readonly unsynced = new Set<number>();
  private readonly handlers = new Set<ChangeHandler<T>>();
  private readonly synced: Promise<void>;
  private markSynced = () => {};

  constructor(private readonly options: InformerOptions<T>) {
    const selectors = options.selectors ?? [{}];
    this.store = options.store ?? plainStore<T>();
    this.indexes = new Indexes(options.indexers);
    this.membership = selectors.length > 1 ? new Membership() : undefined;
    this.reflectors = selectors.map((selector, source) => {
      this.unsynced.add(source);
      return new Reflector({ ...options, selector, sink: this.sink(source) });
    });
    this.synced = new Promise((resolve) => (this.markSynced = resolve));
  }

  /** Whether every selector has been listed once. */
  get hasSynced(): boolean {
    return this.unsynced.size === 0;
  }

  get size(): number {
    return this.store.size;
  }

  /** Resolves when hasSynced. */
  whenSynced(): Promise<void> {
    return this.synced;
  }

  /** Lists and watches until the signal is aborted. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.reflectors.map((reflector) => reflector.run(signal)));
  }

  get(name: string, namespace?: string): T | undefined {
    return this.store.get(nameKey(name, namespace));
  }

  list(): T[] {
    return this.resolve(this.store.keys());
  }

  byIndex(index: string, value: string): T[] {
    return this.resolve(this.indexes.keys(index, value));
  }

  /** Keys of all objects, without reading them. */
  keys(): IterableIterator<string> {
    return this.store.keys();
  }

  /** Values under which there is something in an index, without reading any object. */
  indexed(index: string): IterableIterator<string> {
    return this.indexes.values(index);
  }

  /** Calls back at every change from now on, and for every object there is. Returns how to stop it. */
  onChange(handler: ChangeHandler<T>): () => void {
    const stop = this.onLaterChange(handler);
    for (const object of this.list()) this.tell(handler, { now: object });
    return stop;
  }

  /** Calls back at every change from now on. */
  onLaterChange(handler: ChangeHandler<T>): () => void {
    this.handlers.add(handler);
    return () => void this.handlers.delete(handler);
  }

  private resolve(keys: Iterable<string>): T[] {
    const objects: T[] = [];
    for (const key of keys) objects.push(this.store.get(key)!);
    return objects;
  }

  private sink(source: number): ReflectorSink<T> {
    let seen = new Set<string>();
    return {
      listBegan: () => seen.clear(),
      listed: (objects) => {
        for (const object of objects) {
          seen.add(keyOf(object));
          this.put(source, object);
        }
      },
      listEnded: () => {
        for (const key of [...this.store.keys()]) {
          if (!seen.has(key)) this.drop(source, key);
        }
        seen = new Set();
        if (this.unsynced.delete(source) && this.hasSynced) this.markSynced();
      },
      changed: (object) => this.put(source, object),
      deleted: (object) => this.drop(source, keyOf(object)),
    };
  }

  private put(source: number, object: T): void {
    const key = keyOf(object);
    const before = this.store.get(key);
    this.membership?.add(key, source);
    if (before && !this.supersedes(object, before)) return;
    this.store.set(key, object);
    this.indexes.update(key, before, object);
    this.tellAll({ before, now: object });
  }

  private drop(source: number, key: string): void {
    if (this.membership && !this.membership.remove(key, source)) return;
    const before = this.store.get(key);
    if (before === undefined) return;
    this.store.delete(key);
    this.indexes.update(key, before, undefined);
    this.tellAll({ before });
  }

  private supersedes(object: T, before: T): boolean {
    const version = object.metadata.resourceVersion;
    const known = before.metadata.resourceVersion;
    if (version !== undefined && version === known) return false;
    // One watch alone is in order; two of them are not in order with each other.
    return !this.membership || !(Number(version) < Number(known));
  }

  private tellAll(change: Change<T>): void {
    for (const handler of this.handlers) this.tell(handler, change);
  }

  private tell(handler: ChangeHandler<T>, change: Change<T>): void {
    try {
      handler(change);
    } catch (error) {
      const { log, resource } = this.options;
      const key = keyOf(change.now ?? change.before!);
      log.error(`a change handler of ${resource.plural} threw`, { key, error });
    }
  }
}
