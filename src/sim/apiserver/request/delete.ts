import { timestamp } from '../../../runtime/clock';
import { conflict, notFound } from '../errors/status';
import { withMeta, type Obj } from '../object/object';
import { keyOf, type ResourceType } from '../registry/resource';
import { Stored } from '../store/stored';
import { admitDelete } from './admit/index';
import type { Core } from './core';
import type { Options, Request, Result } from './request';
import { removeNow } from './save';
import { inVersion } from './view';

/** DELETE of one object: gone at once, or marked and left to its finalizers. */
export function remove(core: Core, request: Request): Result {
  const { type, namespace, name, version } = request;
  const old = core.store.table(type.table).get(keyOf(type, namespace, name));
  if (!old) throw notFound(type, name);
  const { gone, last } = removeObject(core, request, old);
  if (gone && !type.strategy.returnsDeleted) return { kind: 'answer', code: 200, body: success(type, last.object) };
  const accepted = !gone && request.options.orphanDependents === false;
  return { kind: 'object', code: accepted ? 202 : 200, object: inVersion(type, version.name, last) };
}

/** Deletes what is stored, as the options say. */
export function removeObject(core: Core, request: Request, old: Stored): { gone: boolean; last: Stored } {
  const { type, options } = request;
  checkPreconditions(type, old.object, options);
  admitDelete(core, request, old.object);
  const marked = markDeleted(core, request, old.object);
  const { finalizers = [], deletionGracePeriodSeconds = 0 } = marked.metadata;
  const held = type.strategy.held?.(marked) ?? false;
  if (finalizers.length === 0 && deletionGracePeriodSeconds === 0 && !held) {
    return { gone: true, last: removeNow(core, request, old.object) };
  }
  if (marked === old.object) return { gone: false, last: old };
  if (options.dryRun) return { gone: false, last: new Stored(marked, old.revision) };
  const { namespace = '', name } = marked.metadata;
  return { gone: false, last: core.store.put(type.table, keyOf(type, namespace, name), marked) };
}

function checkPreconditions(type: ResourceType, { metadata }: Obj, { preconditions = {} }: Options): void {
  const { name, uid, resourceVersion } = metadata;
  if (preconditions.uid !== undefined && preconditions.uid !== uid) {
    throw conflict(
      type,
      name,
      `the UID in the precondition (${preconditions.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
    );
  }
  if (preconditions.resourceVersion !== undefined && preconditions.resourceVersion !== resourceVersion) {
    throw conflict(
      type,
      name,
      `the ResourceVersion in the precondition (${preconditions.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`,
    );
  }
}

/** The object as deletion leaves it; the same object when nothing changes. */
function markDeleted(core: Core, { type, options }: Request, object: Obj): Obj {
  const { metadata } = object;
  const grace = type.strategy.gracePeriod?.(object, options.gracePeriodSeconds) ?? 0;
  const finalizers = withPropagation(metadata.finalizers ?? [], options);
  const change = {
    ...(finalizers.length > 0 ? { finalizers } : { finalizers: undefined }),
    ...deletion(core, object, grace),
  };
  const same = Object.entries(change).every(([key, value]) => sameList(metadata[key as keyof typeof change], value));
  if (same) return object;
  const marked = withMeta(object, change);
  type.strategy.markDeleted?.(marked);
  return marked;
}

function deletion(core: Core, { metadata }: Obj, grace: number) {
  const { deletionTimestamp, deletionGracePeriodSeconds: before = 0, generation } = metadata;
  // A second deletion may only shorten the wait.
  if (deletionTimestamp !== undefined && grace >= before) return {};
  const due = Math.floor(core.clock.now() / 1000) * 1000 + grace * 1000;
  return {
    deletionTimestamp: grace === 0 && deletionTimestamp === undefined ? timestamp(core.clock) : iso(due),
    deletionGracePeriodSeconds: grace,
    ...(deletionTimestamp === undefined && generation !== undefined ? { generation: generation + 1 } : {}),
  };
}

const iso = (ms: number): string => new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');

/** Orphaning and foreground deletion are finalizers that the garbage collector works off. */
function withPropagation(finalizers: readonly string[], options: Options): string[] {
  const policy =
    options.propagationPolicy ??
    (options.orphanDependents === undefined ? undefined : options.orphanDependents ? 'Orphan' : 'Background');
  if (policy === undefined) return [...finalizers];
  const others = finalizers.filter((name) => name !== 'orphan' && name !== 'foregroundDeletion');
  if (policy === 'Orphan') return [...others, 'orphan'];
  if (policy === 'Foreground') return [...others, 'foregroundDeletion'];
  return others;
}

function sameList(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((value, i) => value === b[i]);
  return a === b;
}

const success = ({ group, plural }: ResourceType, { metadata }: Obj) => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  details: { name: metadata.name, ...(group ? { group } : {}), kind: plural, uid: metadata.uid },
});
