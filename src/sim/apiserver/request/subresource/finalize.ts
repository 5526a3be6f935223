import { conflict, notFound } from '../../errors/status';
import { objectAt } from '../../object/json';
import type { Obj } from '../../object/object';
import type { Core } from '../core';
import type { Request, Result } from '../request';
import { isFinished, removeNow } from '../save';

/** Sets a namespace's spec.finalizers; the last one removed lets it go. */
export function finalize(core: Core, request: Request): Result {
  const { type, name, body } = request;
  const old = core.store.table(type.table).get(name);
  if (!old) throw notFound(type, name);
  const given = body as Obj;
  const version = objectAt(given, 'metadata').resourceVersion;
  if (version !== undefined && version !== old.object.metadata.resourceVersion) throw conflict(type, name);
  const finalizers = objectAt(given, 'spec').finalizers;
  const next: Obj = { ...old.object, spec: { ...objectAt(old.object, 'spec'), finalizers: finalizers ?? [] } };
  const stored = isFinished(type, next) ? removeNow(core, request, next) : core.store.put(type.table, name, next);
  return { kind: 'object', code: 200, object: stored };
}
