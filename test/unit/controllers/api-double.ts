import { isDeepStrictEqual } from 'node:util';
import type { KubeObject, Resource } from '../../../src/api/meta';
import {
  ApiError,
  type ApplyBody,
  type ApplyOptions,
  type DeleteOptions,
  type KubeClient,
  type Page,
  type WatchEvent,
} from '../../../src/runtime/kube/client';
import type { Lister } from '../../../src/runtime/lister';
import { applied, type Fields } from './field-ownership';

export interface Call {
  readonly verb: 'get' | 'create' | 'apply' | 'patch' | 'delete';
  /** Plural and name, `meshstorvolumes/pvc-1`. */
  readonly path: string;
  readonly body?: unknown;
}

type Stored = KubeObject & { spec?: Fields; status?: Fields };

/**
 * An API server in memory as the reconcilers know it: uids, generations, compare-and-swap, finalizers,
 * server-side apply of a status by several managers, and caches that follow at once or are held back.
 */
export class ApiDouble implements KubeClient {
  readonly calls: Call[] = [];
  /** Called before a verb takes effect; what it throws, the caller gets. */
  before: (call: Call) => void | Promise<void> = () => undefined;
  /** Called when it took effect; what it throws, the caller gets instead of the answer. */
  after: (call: Call) => void | Promise<void> = () => undefined;
  private readonly objects = new Map<string, Stored>();
  private readonly cached = new Map<string, Stored>();
  private readonly listeners = new Set<(path: string, object: KubeObject) => void>();
  private readonly managed = new Map<string, Fields>();
  private held: { plurals: string[]; paths: string[] } | undefined;
  private version = 100;

  /** Verbs that change something, as `verb path`. */
  get writes(): string[] {
    return this.calls.filter(({ verb }) => verb !== 'get').map(({ verb, path }) => `${verb} ${path}`);
  }

  count(verb: Call['verb'], path?: string): number {
    return this.calls.filter((call) => call.verb === verb && (path === undefined || call.path === path)).length;
  }

  /** The object as it is in etcd. */
  peek<T extends KubeObject>(resource: Resource<T>, name: string): T | undefined {
    return clone(this.objects.get(pathOf(resource, name))) as T | undefined;
  }

  /** Everything of a kind, as it is in etcd. */
  all<T extends KubeObject>({ plural }: Resource<T>): T[] {
    return [...this.objects].filter(([path]) => path.startsWith(`${plural}/`)).map(([, object]) => clone(object) as T);
  }

  /** Puts an object as it stands, its status under these managers' names by the fields each one wrote. */
  seed<T extends KubeObject>(resource: Resource<T>, object: T, owners: Record<string, Fields> = {}): T {
    const path = pathOf(resource, object.metadata.name);
    const metadata = { uid: `uid-${object.metadata.name}`, generation: 1, ...object.metadata };
    for (const [manager, fields] of Object.entries(owners)) this.managed.set(`${path} ${manager}`, plain(fields));
    return this.store(path, { ...object, metadata }) as T;
  }

  /** What somebody else does: no call is seen. */
  edit<T extends KubeObject>(resource: Resource<T>, name: string, change: (object: T) => void): void {
    const object = this.peek(resource, name);
    if (!object) return;
    change(object);
    this.store(pathOf(resource, name), object);
  }

  /** Gone without a trace, finalizers or not. */
  erase(resource: Resource, name: string): void {
    const path = pathOf(resource, name);
    this.objects.delete(path);
    this.reveal(path);
  }

  /** Caches of these kinds (of all, when none is named) stop following until the function returned is called. */
  hold(...resources: Resource[]): () => void {
    const held = (this.held ??= { plurals: resources.map(({ plural }) => plural), paths: [] });
    return () => {
      this.held = undefined;
      for (const path of held.paths) this.show(path);
    };
  }

  /** A cache over a kind; its indexes are functions of the object. */
  lister<T extends KubeObject>(resource: Resource<T>, indexes: Record<string, (object: T) => string> = {}): Lister<T> {
    const list = () =>
      [...this.cached].filter(([path]) => path.startsWith(`${resource.plural}/`)).map(([, object]) => object as T);
    return {
      get: (name) => this.cached.get(pathOf(resource, name)) as T | undefined,
      list,
      byIndex: (index, value) => {
        const of = indexes[index];
        if (!of) throw new Error(`${resource.plural} have no index ${index}`);
        return list().filter((object) => of(object) === value);
      },
    };
  }

  /** Tells of every change that a cache shows; of one that is gone, its last state. Returns how to stop. */
  onChange<T extends KubeObject>({ plural }: Resource<T>, handler: (object: T) => void): () => void {
    const listener = (path: string, object: KubeObject) => path.startsWith(`${plural}/`) && handler(object as T);
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  get<T extends KubeObject>(resource: Resource<T>, name: string): Promise<T | undefined> {
    return this.call({ verb: 'get', path: pathOf(resource, name) }, () => this.peek(resource, name));
  }

  create<T extends KubeObject>(resource: Resource<T>, object: T): Promise<T> {
    const path = pathOf(resource, object.metadata.name);
    return this.call({ verb: 'create', path, body: object }, () => {
      if (this.objects.has(path)) throw new ApiError(409, 'AlreadyExists', `${path} already exists`);
      const metadata = { ...object.metadata, uid: `uid-${object.metadata.name}-${this.version}`, generation: 1 };
      return this.store(path, { ...object, metadata, status: undefined }) as T;
    });
  }

  apply<T extends KubeObject>(resource: Resource<T>, object: ApplyBody<T>, options: ApplyOptions): Promise<T> {
    const { metadata, ...rest } = object;
    const path = pathOf(resource, metadata.name);
    return this.call({ verb: 'apply', path, body: object }, () => {
      if (options.subresource !== 'status') throw new Error('only a status is applied here');
      const old = this.checked(path, metadata);
      const key = `${path} ${options.fieldManager}`;
      const now = plain((rest as Partial<Stored>).status!);
      const status = applied(old.status ?? {}, this.managed.get(key) ?? {}, now);
      this.managed.set(key, now);
      return this.store(path, { ...old, status }) as T;
    });
  }

  patch<T extends KubeObject>(resource: Resource<T>, name: string, patch: object): Promise<T> {
    const path = pathOf(resource, name);
    return this.call({ verb: 'patch', path, body: patch }, () => {
      const old = this.checked(path, (patch as Partial<KubeObject>).metadata ?? {});
      return this.store(path, mergePatch(old, plain(patch)) as Stored) as T;
    });
  }

  delete<T extends KubeObject>(resource: Resource<T>, name: string, options: DeleteOptions = {}): Promise<void> {
    const path = pathOf(resource, name);
    return this.call({ verb: 'delete', path, body: options }, () => {
      if (!this.objects.has(path)) return;
      const old = this.checked(path, options);
      const deletionTimestamp = old.metadata.deletionTimestamp ?? '2026-01-01T00:00:00Z';
      this.store(path, { ...old, metadata: { ...old.metadata, deletionTimestamp } });
    });
  }

  list<T extends KubeObject>(): Promise<Page<T>> {
    throw new Error('a reconciler lists nothing');
  }
  watch<T extends KubeObject>(): AsyncIterable<WatchEvent<T>> {
    throw new Error('a reconciler watches nothing');
  }
  replace<T extends KubeObject>(): Promise<T> {
    throw new Error('a reconciler replaces nothing');
  }

  private async call<R>(call: Call, effect: () => R): Promise<R> {
    this.calls.push(clone(call));
    await this.before(call);
    const result = effect();
    await this.after(call);
    return result;
  }

  private checked(path: string, guard: { uid?: string; resourceVersion?: string }): Stored {
    const old = this.objects.get(path);
    if (!old) throw new ApiError(404, 'NotFound', `${path} not found`);
    const differs = (key: 'uid' | 'resourceVersion') => guard[key] !== undefined && guard[key] !== old.metadata[key];
    if (differs('uid') || differs('resourceVersion')) throw new ApiError(409, 'Conflict', `${path} has been modified`);
    return clone(old);
  }

  private store(path: string, object: Stored): KubeObject {
    const old = this.objects.get(path);
    const raised = old && !isDeepStrictEqual(old.spec, object.spec && plain(object.spec)) ? 1 : 0;
    const generation = (object.metadata.generation ?? 1) + raised;
    const stored = plain({ ...object, metadata: { ...object.metadata, generation } });
    if (old && isDeepStrictEqual(old, stored)) return clone(old);
    stored.metadata.resourceVersion = `${++this.version}`;
    const { deletionTimestamp, finalizers } = stored.metadata;
    if (deletionTimestamp && !finalizers?.length) this.objects.delete(path);
    else this.objects.set(path, stored);
    this.reveal(path);
    return clone(stored);
  }

  private reveal(path: string): void {
    const { plurals = [], paths } = this.held ?? {};
    const isHeld = plurals.length === 0 || plurals.includes(path.split('/')[0]!);
    if (paths && isHeld) paths.push(path);
    else this.show(path);
  }

  private show(path: string): void {
    const object = this.objects.get(path);
    const shown = clone(object ?? this.cached.get(path));
    if (object) this.cached.set(path, shown!);
    else this.cached.delete(path);
    if (shown) for (const listener of this.listeners) listener(path, shown);
  }
}

const pathOf = ({ plural }: Resource, name: string): string => `${plural}/${name}`;
const clone = <T>(value: T): T => structuredClone(value);
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** RFC 7396. */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const result: Fields = { ...(target as Fields) };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key] ?? {}, value);
  }
  return result;
}
