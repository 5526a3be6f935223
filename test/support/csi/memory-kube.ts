import type { KubeObject, Resource } from '../../../src/api/meta';
import { ApiError, type KubeClient } from '../../../src/runtime/kube/client';
import type { Watched } from '../../../src/csi/caches';

/** A call of the client, as tests may want to see it or stop it. */
export interface KubeCall {
  readonly verb: 'get' | 'create' | 'patch' | 'delete' | 'replace';
  readonly kind: string;
  readonly name: string;
}

/**
 * Just enough of an API server for the CSI services: uids, versions, generations, compare-and-swap, finalizers,
 * and caches that follow at once or, held back, when told to.
 */
export class MemoryKube {
  readonly calls: KubeCall[] = [];
  /** Called before each verb; what it throws, the caller gets. */
  before: (call: KubeCall) => void | Promise<void> = () => undefined;
  /** What the caches say of themselves. */
  hasSynced = true;
  private readonly objects = new Map<string, KubeObject>();
  private readonly cached = new Map<string, KubeObject>();
  private readonly listeners = new Set<(object: KubeObject) => unknown>();
  private held: KubeObject[] | undefined;
  private version = 100;

  get client(): KubeClient {
    return this as unknown as KubeClient;
  }

  async get<T extends KubeObject>(resource: Resource<T>, name: string): Promise<T | undefined> {
    await this.enter('get', resource, name);
    return this.peek(resource, name);
  }

  /** The object as the server has it, without a call. */
  peek<T extends KubeObject>({ kind }: Resource<T>, name: string): T | undefined {
    return clone(this.objects.get(`${kind}/${name}`)) as T | undefined;
  }

  all<T extends KubeObject>({ kind }: Resource<T>): T[] {
    return [...this.objects].filter(([key]) => key.startsWith(`${kind}/`)).map(([, object]) => clone(object) as T);
  }

  async create<T extends KubeObject>(resource: Resource<T>, object: T): Promise<T> {
    const { name } = object.metadata;
    await this.enter('create', resource, name);
    if (this.objects.has(`${resource.kind}/${name}`))
      throw new ApiError(409, 'AlreadyExists', `${name} already exists`);
    return this.insert(resource, object);
  }

  /** Creates the object without being seen as a call. */
  insert<T extends KubeObject>(resource: Resource<T>, object: T): T {
    const metadata = { ...object.metadata, uid: uidOf(++this.version), generation: 1 };
    return this.store(resource, { ...clone(object), metadata });
  }

  async patch<T extends KubeObject>(resource: Resource<T>, name: string, patch: object): Promise<T> {
    await this.enter('patch', resource, name);
    const old = this.checked(resource, name, (patch as Partial<KubeObject>).metadata ?? {});
    return this.put(resource, old, merge(old, patch) as T);
  }

  /** What a controller would do with its own client: changes the object without being seen as a call. */
  edit<T extends KubeObject>(resource: Resource<T>, name: string, change: (object: T) => void): void {
    const old = this.peek(resource, name);
    if (!old) return;
    const changed = clone(old);
    change(changed);
    this.put(resource, old, changed);
  }

  async delete<T extends KubeObject>(
    resource: Resource<T>,
    name: string,
    options: { uid?: string; resourceVersion?: string } = {},
  ): Promise<void> {
    await this.enter('delete', resource, name);
    if (!this.objects.has(`${resource.kind}/${name}`)) return;
    const old = this.checked(resource, name, options);
    if (old.metadata.deletionTimestamp) return;
    this.put(resource, old, { ...old, metadata: { ...old.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } });
  }

  /** Caches stop following until the function returned is called. */
  hold(): () => void {
    this.held = [];
    return () => {
      const late = this.held ?? [];
      this.held = undefined;
      for (const object of late) this.show(object);
    };
  }

  onChange(listener: (object: KubeObject) => void): void {
    this.listeners.add(listener);
  }

  lister<T extends KubeObject>({ kind }: Resource<T>, indexOf: (object: T) => string = () => ''): Watched<T> {
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- for the getter below
    const kube = this;
    const list = () => [...this.cached].filter(([key]) => key.startsWith(`${kind}/`)).map(([, object]) => object as T);
    return {
      get: (name) => this.cached.get(`${kind}/${name}`) as T | undefined,
      list,
      get hasSynced() {
        return kube.hasSynced;
      },
      byIndex: (_index, value) => list().filter((object) => indexOf(object) === value),
      onChange: (handler) => {
        const listener = (object: KubeObject) => object.kind === kind && handler({ now: object as T });
        this.listeners.add(listener);
        return () => void this.listeners.delete(listener);
      },
    };
  }

  private async enter(verb: KubeCall['verb'], { kind }: Resource, name: string): Promise<void> {
    const call = { verb, kind, name };
    this.calls.push(call);
    await this.before(call);
  }

  private checked<T extends KubeObject>(
    resource: Resource<T>,
    name: string,
    guard: { uid?: string; resourceVersion?: string },
  ): T {
    const old = this.peek(resource, name);
    if (!old) throw new ApiError(404, 'NotFound', `${resource.plural} "${name}" not found`);
    const differs = (key: 'uid' | 'resourceVersion') => guard[key] !== undefined && guard[key] !== old.metadata[key];
    if (differs('uid') || differs('resourceVersion')) throw new ApiError(409, 'Conflict', `${name} has been modified`);
    return old;
  }

  private put<T extends KubeObject>(resource: Resource<T>, old: T, next: T): T {
    const specOf = (object: T) => JSON.stringify((object as { spec?: unknown }).spec);
    const generation = (old.metadata.generation ?? 1) + (specOf(old) === specOf(next) ? 0 : 1);
    return this.store(resource, { ...next, metadata: { ...next.metadata, generation } });
  }

  private store<T extends KubeObject>(resource: Resource<T>, object: T): T {
    const stored = {
      ...object,
      kind: resource.kind,
      metadata: { ...object.metadata, resourceVersion: `${++this.version}` },
    };
    const { name, deletionTimestamp, finalizers } = stored.metadata;
    if (deletionTimestamp && !finalizers?.length) this.objects.delete(`${resource.kind}/${name}`);
    else this.objects.set(`${resource.kind}/${name}`, stored);
    if (this.held) this.held.push(clone(stored));
    else this.show(clone(stored));
    return clone(stored);
  }

  private show(object: KubeObject): void {
    const key = `${object.kind}/${object.metadata.name}`;
    const gone = object.metadata.deletionTimestamp && !object.metadata.finalizers?.length;
    if (gone) this.cached.delete(key);
    else this.cached.set(key, object);
    for (const listener of this.listeners) listener(object);
  }
}

const uidOf = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

const clone = <T>(value: T): T => structuredClone(value);

/** RFC 7396. */
function merge(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const result: Record<string, unknown> = { ...(target as Record<string, unknown>) };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merge(result[key] ?? {}, value);
  }
  return result;
}
