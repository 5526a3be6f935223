import { badRequest, notFound, unsupportedMediaType } from '../errors/status';
import { deepCopy, isObject, type JsonObject } from '../object/json';
import type { Obj } from '../object/object';
import { jsonPatch } from '../patch/json';
import { mergePatch } from '../patch/merge';
import { strategicMerge } from '../patch/strategic';
import { keyOf } from '../registry/resource';
import { applyPatch } from './apply';
import { changeObject } from './change';
import type { Core } from './core';
import { decode } from './decode';
import { ownedByUpdate } from './own';
import type { Request, Result } from './request';
import { inVersion } from './view';

export function patch(core: Core, request: Request): Result {
  const { type, version, namespace, name } = request;
  if (request.patchType === 'apply') return applyPatch(core, request);
  if (request.patchType === 'strategic' && !type.strategy.typed) {
    throw unsupportedMediaType([
      'application/json-patch+json',
      'application/merge-patch+json',
      'application/apply-patch+yaml',
    ]);
  }
  const old = core.store.table(type.table).get(keyOf(type, namespace, name));
  if (!old) throw notFound(type, name);
  const before = inVersion(type, version.name, old).object;
  const { object, warnings } = decode(request, patched(request, before));
  if (object.metadata.name !== name) {
    throw badRequest(`the name of the object (${object.metadata.name}) does not match the name on the URL (${name})`);
  }
  const stored = changeObject(core, request, old, object, (o) => ownedByUpdate(core, request, before, o));
  return { kind: 'object', code: 200, object: inVersion(type, version.name, stored), warnings };
}

/** A changed copy of the object. */
function patched(request: Request, before: Obj): JsonObject {
  const { version, patchType, body } = request;
  const target: JsonObject = deepCopy(before as JsonObject);
  if (patchType === 'json') {
    if (!Array.isArray(body)) throw badRequest('a JSON patch is a list of operations');
    return jsonPatch(target, body);
  }
  if (!isObject(body)) throw badRequest('the patch is not an object');
  if (patchType === 'merge') return mergePatch(target, body) as JsonObject;
  return strategicMerge(version.schema, target, body);
}
