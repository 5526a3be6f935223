import { invalid } from '../errors/field';
import { conflict, invalidObject } from '../errors/status';
import { deepEqual } from '../object/json';
import type { Obj } from '../object/object';
import { hasStatus, keyOf } from '../registry/resource';
import type { Stored } from '../store/stored';
import { admitUpdate } from './admit/index';
import { checkObject } from './check';
import { surroundings, type Core } from './core';
import type { Request } from './request';
import { saveChange } from './save';
import { inVersion } from './view';

/**
 * Puts a new state of an object in place of the old one: the common end of update, patch and apply.
 * `object` belongs to the caller and is changed; `own` fills in managedFields.
 */
export function changeObject(
  core: Core,
  request: Request,
  old: Stored,
  object: Obj,
  own: (object: Obj) => Obj,
): Stored {
  const before = inVersion(request.type, request.version.name, old).object;
  checkPreconditions(request, before, object);
  const scoped =
    request.subresource === 'status' ? onlyStatus(request, before, object) : allButStatus(request, before, object);
  keepIdentity(before, scoped);
  const { strategy } = request.type;
  // The status endpoint shares everything else with what is stored: only status may be changed there.
  if (request.subresource !== 'status') strategy.defaults?.(scoped, surroundings(core));
  // What the server itself changes from here on is nobody's.
  const owned = own(scoped);
  if (request.subresource !== 'status') strategy.prepareUpdate?.(owned, before, surroundings(core));
  countGeneration(request, before, owned);
  admitUpdate(core, request, owned, before);
  checkObject(core, request, owned, before);
  return saveChange(core, request, old, owned);
}

/** Compare-and-swap: a resourceVersion or uid in the object must be the current one. */
function checkPreconditions({ type, verb }: Request, before: Obj, object: Obj): void {
  const { name, uid, resourceVersion } = before.metadata;
  const given = object.metadata;
  if (given.uid && given.uid !== uid) {
    if (verb === 'patch') throw invalidObject(type, name, [invalid('metadata.uid', given.uid, 'field is immutable')]);
    const key = `/registry/${type.plural}/${keyOf(type, before.metadata.namespace ?? '', name)}`;
    throw conflict(
      type,
      name,
      `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${given.uid}, UID in object meta: ${uid}`,
    );
  }
  if (given.resourceVersion && given.resourceVersion !== resourceVersion) throw conflict(type, name);
  if (!given.resourceVersion && verb === 'update' && !type.strategy.unconditionalUpdate) {
    throw invalidObject({ group: type.group, kind: type.plural }, name, [
      {
        reason: 'FieldValueInvalid',
        field: 'metadata.resourceVersion',
        body: 'Invalid value: 0x0: must be specified for an update',
      },
    ]);
  }
}

/** The main endpoint does not write status where status has an endpoint of its own. */
function allButStatus({ version }: Request, before: Obj, object: Obj): Obj {
  if (!hasStatus(version)) return object;
  if (before.status === undefined) delete object.status;
  else object.status = before.status;
  return object;
}

/** The status endpoint writes nothing else; for built-in kinds it also takes labels and annotations. */
function onlyStatus({ type }: Request, before: Obj, object: Obj): Obj {
  const { labels, annotations, managedFields, finalizers } = object.metadata;
  const taken = type.strategy.statusTakesMetadata ? { labels, annotations, finalizers } : {};
  const result: Obj = { ...before, metadata: { ...before.metadata, ...taken } };
  if (managedFields) result.metadata.managedFields = managedFields;
  for (const key of Object.keys(taken) as (keyof typeof taken)[])
    if (taken[key] === undefined) delete result.metadata[key];
  if (object.status === undefined) delete result.status;
  else result.status = object.status;
  return result;
}

const fixed = [
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'generation',
  'resourceVersion',
  'generateName',
] as const;

/** What only the server writes stays as it was, whatever the client sent. */
function keepIdentity({ metadata }: Obj, object: Obj): void {
  const target = object.metadata as Record<string, unknown>;
  for (const name of fixed) {
    if (metadata[name] === undefined) delete target[name];
    else target[name] = metadata[name];
  }
  target.name ??= metadata.name;
  if (metadata.namespace) target.namespace ??= metadata.namespace;
}

/** metadata.generation rises when anything but metadata (and status, where it is apart) changes. */
function countGeneration({ type, version, subresource }: Request, before: Obj, object: Obj): void {
  if (!type.strategy.generation || subresource === 'status') return;
  const apart = hasStatus(version);
  const content = ({ metadata: _metadata, status, ...rest }: Obj) => (apart ? rest : { ...rest, status });
  if (!deepEqual(content(before), content(object))) {
    object.metadata.generation = (before.metadata.generation ?? 0) + 1;
  }
}
