import { badRequest, notFound } from '../errors/status';
import { keyOf } from '../registry/resource';
import { changeObject } from './change';
import { createObject, namespaceMismatch } from './create';
import type { Core } from './core';
import { decodeBody } from './decode';
import { ownedByUpdate } from './own';
import type { Request, Result } from './request';
import { inVersion } from './view';

/** PUT: the whole object, or its status. */
export function update(core: Core, request: Request): Result {
  const { type, version, namespace, name } = request;
  const { object, warnings } = decodeBody(request);
  const meta = object.metadata;
  if (meta.name && meta.name !== name) {
    throw badRequest(`the name of the object (${meta.name}) does not match the name on the URL (${name})`);
  }
  if (meta.namespace && meta.namespace !== namespace) throw namespaceMismatch();
  meta.name = name;
  const old = core.store.table(type.table).get(keyOf(type, namespace, name));
  if (!old) {
    if (!type.strategy.createOnUpdate || request.subresource !== '') throw notFound(type, name);
    const created = createObject(core, request, object, (o) => ownedByUpdate(core, request, undefined, o));
    return { kind: 'object', code: 201, object: inVersion(type, version.name, created), warnings };
  }
  const before = inVersion(type, version.name, old).object;
  const stored = changeObject(core, request, old, object, (o) => ownedByUpdate(core, request, before, o));
  return { kind: 'object', code: 200, object: inVersion(type, version.name, stored), warnings };
}
