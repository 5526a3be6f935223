import { sameOwnership } from '../apply/managers';
import { deepEqual } from '../object/json';
import { withMeta, type Obj } from '../object/object';
import { keyOf, type ResourceType } from '../registry/resource';
import { Stored } from '../store/stored';
import type { Core } from './core';
import type { Request } from './request';
import { converted } from './view';

/** Stores a new object, unless the request is a dry run. */
export function saveNew(core: Core, request: Request, object: Obj): Stored {
  return put(core, request, object);
}

/**
 * Stores a new version of an object. What changes nothing is not stored: no new resourceVersion, no event.
 * An object that was only waiting for its last finalizer goes.
 */
export function saveChange(core: Core, request: Request, old: Stored, object: Obj): Stored {
  const stored = converted(request.type, request.type.storedAs, object);
  if (sameContent(old.object, stored)) return old;
  if (isFinished(request.type, stored)) return removeNow(core, request, stored);
  return put(core, request, object);
}

function put(core: Core, request: Request, object: Obj): Stored {
  const { type, options } = request;
  const stored = converted(type, type.storedAs, object);
  if (options.dryRun) return new Stored(stored, core.store.revision);
  const { namespace = '', name } = stored.metadata;
  return core.store.put(type.table, keyOf(type, namespace, name), stored);
}

/** Takes the object out of the store; the answer is its last state. */
export function removeNow(core: Core, request: Request, last: Obj): Stored {
  const { type, options } = request;
  const { namespace = '', name } = last.metadata;
  if (options.dryRun) return new Stored(last, core.store.revision);
  return core.store.remove(type.table, keyOf(type, namespace, name), last) ?? new Stored(last, core.store.revision);
}

/** Deleted, with nobody left to wait for. */
export function isFinished({ strategy }: ResourceType, object: Obj): boolean {
  const { metadata } = object;
  return (
    metadata.deletionTimestamp !== undefined &&
    (metadata.deletionGracePeriodSeconds ?? 0) === 0 &&
    (metadata.finalizers ?? []).length === 0 &&
    !(strategy.held?.(object) ?? false)
  );
}

function sameContent(before: Obj, after: Obj): boolean {
  const bare = (object: Obj) => withMeta(object, { managedFields: undefined, resourceVersion: undefined });
  return (
    deepEqual(bare(before), bare(after)) && sameOwnership(before.metadata.managedFields, after.metadata.managedFields)
  );
}
