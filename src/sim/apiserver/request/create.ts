import { timestamp } from '../../../runtime/clock';
import { alreadyExists, badRequest, methodNotAllowed, StatusError } from '../errors/status';
import type { Obj } from '../object/object';
import { hasStatus, keyOf } from '../registry/resource';
import type { Stored } from '../store/stored';
import { admitCreate } from './admit/index';
import { checkObject } from './check';
import { generatedName, newUID, surroundings, type Core } from './core';
import { decodeBody } from './decode';
import { ownedByUpdate } from './own';
import type { Request, Result } from './request';
import { saveNew } from './save';
import { inVersion } from './view';

export function create(core: Core, request: Request): Result {
  const { type, version } = request;
  const { object, warnings } = decodeBody(request);
  if (type.strategy.answer) return answer(core, request, object);
  if (request.name !== '') throw methodNotAllowed();
  if (object.metadata.resourceVersion)
    throw new StatusError(500, '', 'resourceVersion should not be set on objects to be created');
  const stored = createObject(core, request, object, (created) => ownedByUpdate(core, request, undefined, created));
  return { kind: 'object', code: 201, object: inVersion(type, version.name, stored), warnings };
}

/** Stores an object that does not exist yet. `own` fills in managedFields. */
export function createObject(core: Core, request: Request, object: Obj, own: (object: Obj) => Obj): Stored {
  const { type, namespace } = request;
  const { strategy } = type;
  identify(core, request, object);
  if (hasStatus(request.version) && !strategy.keepsStatus) delete object.status;
  strategy.defaults?.(object, surroundings(core));
  // What the server itself fills in from here on is nobody's.
  const owned = own(object);
  strategy.prepareCreate?.(owned, surroundings(core));
  admitCreate(core, request, owned);
  checkObject(core, request, owned);
  const { name } = owned.metadata;
  const present = core.store.table(type.table).get(keyOf(type, namespace, name));
  if (present) throw alreadyExists(type, name, present.object.metadata.deletionTimestamp !== undefined);
  return saveNew(core, request, owned);
}

/** Gives a new object the metadata that only the server gives. */
function identify(core: Core, { type, namespace }: Request, object: Obj): void {
  const meta = object.metadata;
  if (type.namespaced) {
    if (meta.namespace && meta.namespace !== namespace) throw namespaceMismatch();
    meta.namespace = namespace;
  }
  if (!meta.name && meta.generateName) meta.name = generatedName(meta.generateName, core.random);
  delete meta.deletionTimestamp;
  delete meta.deletionGracePeriodSeconds;
  delete meta.resourceVersion;
  meta.uid = newUID(core.random);
  meta.creationTimestamp = timestamp(core.clock);
  if (type.strategy.generation) meta.generation = 1;
  else delete meta.generation;
}

export const namespaceMismatch = () =>
  badRequest('the namespace of the provided object does not match the namespace sent on the request');

function answer(core: Core, { type }: Request, object: Obj): Result {
  const answered = type.strategy.answer!(object, surroundings(core));
  return { kind: 'answer', code: 201, body: answered };
}
