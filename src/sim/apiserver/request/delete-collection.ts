import type { Core } from './core';
import { removeObject } from './delete';
import { list } from './list';
import type { Request, Result } from './request';
import { keyOf } from '../registry/resource';

/** DELETE of all that a selection names; answers with what they were. */
export function removeCollection(core: Core, request: Request): Result {
  const { type } = request;
  const found = list(core, { ...request, options: { ...request.options, limit: 0 } });
  for (const { object } of found.items) {
    const { namespace = '', name } = object.metadata;
    const stored = core.store.table(type.table).get(keyOf(type, namespace, name));
    if (stored) removeObject(core, { ...request, namespace, name }, stored);
  }
  return { kind: 'list', items: found.items, revision: core.store.revision };
}
