import type { KubeObject, Resource } from '../../../src/api/meta';
import {
  ApiError,
  type ApplyBody,
  type ApplyOptions,
  type DeleteOptions,
  type KubeClient,
  type ListOptions,
  type Page,
  type WatchEvent,
  type WatchOptions,
} from '../../../src/runtime/kube/client';

type Verb = 'get' | 'list' | 'watch' | 'create' | 'replace' | 'apply' | 'patch' | 'delete';

interface LogEntry {
  version: number;
  plural: string;
  before?: KubeObject;
  now?: KubeObject;
}

/** Objects in memory with versions, compare-and-swap and watches: just enough for the runtime's own tests. */
export class MemoryKube implements KubeClient {
  readonly calls: { verb: Verb; plural: string; name?: string; body?: unknown }[] = [];
  /** Asked before every call; throw to fail it. */
  fault: (verb: Verb, name?: string) => void | Promise<void> = () => undefined;
  private version = 0;
  private oldest = 0;
  private epoch = 0;
  private readonly objects = new Map<string, KubeObject>();
  private readonly history: LogEntry[] = [];
  private readonly waiting = new Set<() => void>();

  /** Forgets history: every open watch, and every one from an earlier version, ends with 410. */
  expire(): void {
    this.history.length = 0;
    this.oldest = this.version;
    this.epoch++;
    this.wake();
  }

  count(verb: Verb): number {
    return this.calls.filter((call) => call.verb === verb).length;
  }

  async get<T extends KubeObject>(resource: Resource<T>, name: string, namespace?: string): Promise<T | undefined> {
    await this.called('get', resource, name);
    return structuredClone(this.objects.get(path(resource, name, namespace))) as T | undefined;
  }

  async list<T extends KubeObject>(resource: Resource<T>, options: ListOptions = {}): Promise<Page<T>> {
    await this.called('list', resource);
    const all = [...this.objects].filter(
      ([key, object]) => key.startsWith(`${resource.plural}/`) && selected(object, options),
    );
    const start = Number(options.continue ?? 0);
    const end = start + (options.limit ?? Infinity);
    const items = all.slice(start, end).map(([, object]) => structuredClone(object) as T);
    return { items, resourceVersion: `${this.version}`, ...(end < all.length ? { continue: `${end}` } : {}) };
  }

  async *watch<T extends KubeObject>(
    resource: Resource<T>,
    options: WatchOptions,
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent<T>> {
    await this.called('watch', resource);
    const wake = () => this.wake();
    signal.addEventListener('abort', wake);
    const { epoch } = this;
    const version = Number(options.resourceVersion);
    for (let index = 0; !signal.aborted;) {
      if (version < this.oldest || epoch !== this.epoch) throw new ApiError(410, 'Expired', 'too old resource version');
      const entry = this.history[index];
      if (!entry) await new Promise<void>((resolve) => this.waiting.add(resolve));
      else if ((index++, entry.version > version && entry.plural === resource.plural)) {
        const event = eventOf<T>(entry, options);
        if (event) yield event;
      }
    }
    signal.removeEventListener('abort', wake);
  }

  async create<T extends KubeObject>(resource: Resource<T>, object: T): Promise<T> {
    await this.called('create', resource, object.metadata.name, object);
    const key = path(resource, object.metadata.name, object.metadata.namespace);
    if (this.objects.has(key)) throw new ApiError(409, 'AlreadyExists', `${key} already exists`);
    return this.put(resource, key, { ...object, metadata: { uid: `uid-${this.version}`, ...object.metadata } });
  }

  async replace<T extends KubeObject>(resource: Resource<T>, object: T, _options: ApplyOptions): Promise<T> {
    const { name, namespace, resourceVersion } = object.metadata;
    await this.called('replace', resource, name, object);
    this.existing(resource, name, namespace, resourceVersion);
    return this.put(resource, path(resource, name, namespace), object);
  }

  async apply<T extends KubeObject>(resource: Resource<T>, object: ApplyBody<T>, _options: ApplyOptions): Promise<T> {
    const { name, namespace } = object.metadata;
    await this.called('apply', resource, name, object);
    const key = path(resource, name, namespace);
    return this.put(resource, key, merge(this.objects.get(key) ?? {}, object) as T);
  }

  async patch<T extends KubeObject>(
    resource: Resource<T>,
    name: string,
    patch: object,
    options: ApplyOptions & { namespace?: string },
  ): Promise<T> {
    await this.called('patch', resource, name, patch);
    const version = (patch as Partial<KubeObject>).metadata?.resourceVersion;
    const before = this.existing(resource, name, options.namespace, version);
    return this.put(resource, path(resource, name, options.namespace), merge(before, patch) as T);
  }

  async delete<T extends KubeObject>(resource: Resource<T>, name: string, options: DeleteOptions = {}): Promise<void> {
    await this.called('delete', resource, name);
    const key = path(resource, name, options.namespace);
    const before = this.objects.get(key);
    if (!before) return;
    this.objects.delete(key);
    this.record({ version: ++this.version, plural: resource.plural, before });
  }

  private async called(verb: Verb, { plural }: Resource, name?: string, body?: unknown): Promise<void> {
    this.calls.push({ verb, plural, name, body: structuredClone(body) });
    await this.fault(verb, name);
  }

  private existing(resource: Resource, name: string, namespace?: string, version?: string): KubeObject {
    const object = this.objects.get(path(resource, name, namespace));
    if (!object) throw new ApiError(404, 'NotFound', `${resource.plural} "${name}" not found`);
    if (version !== undefined && version !== object.metadata.resourceVersion) {
      throw new ApiError(409, 'Conflict', `${resource.plural} "${name}" has been modified`);
    }
    return object;
  }

  private put<T extends KubeObject>(resource: Resource<T>, key: string, object: T): T {
    const before = this.objects.get(key);
    const version = ++this.version;
    const now = structuredClone({ ...object, metadata: { ...object.metadata, resourceVersion: `${version}` } });
    this.objects.set(key, now);
    this.record({ version, plural: resource.plural, before, now });
    return structuredClone(now);
  }

  private record(entry: LogEntry): void {
    this.history.push(entry);
    this.wake();
  }

  private wake(): void {
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }
}

const path = ({ plural }: Resource, name: string, namespace = ''): string => `${plural}/${namespace}/${name}`;

/** Understands `key=value` of labels, and namespaces. */
function selected(object: KubeObject | undefined, { labelSelector, namespace }: ListOptions): boolean {
  if (!object || (namespace !== undefined && object.metadata.namespace !== namespace)) return false;
  const [key, value] = labelSelector?.split('=') ?? [];
  return key === undefined || object.metadata.labels?.[key] === value;
}

/** As the API server: leaving the selection is a deletion that carries the last selected state. */
function eventOf<T extends KubeObject>(
  { before, now, version }: LogEntry,
  options: ListOptions,
): WatchEvent<T> | undefined {
  const was = selected(before, options);
  if (selected(now, options)) return { type: was ? 'MODIFIED' : 'ADDED', object: structuredClone(now) as T };
  if (!was) return undefined;
  const last = structuredClone(before!) as T;
  last.metadata.resourceVersion = `${version}`;
  return { type: 'DELETED', object: last };
}

/** RFC 7396. */
function merge(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const merged: Record<string, unknown> = typeof target === 'object' && target !== null ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = merge(merged[key], value);
  }
  return merged;
}
