import { notFound, tooLargeResourceVersion } from '../errors/status';
import { keyOf } from '../registry/resource';
import type { View } from '../store/table';
import type { Core } from './core';
import type { Request, Result } from './request';
import { inVersion } from './view';

export function get(core: Core, request: Request): Result {
  const { type, namespace, name, version } = request;
  notFromTheFuture(core, request);
  const stored = viewFor(core, request).get(keyOf(type, namespace, name));
  if (!stored) throw notFound(type, name);
  return { kind: 'object', code: 200, object: inVersion(type, version.name, stored) };
}

/** The newest state, or the older one that a stale read was arranged for. */
export function viewFor({ store }: Core, { type, asOf }: Request): View {
  const table = store.table(type.table);
  if (asOf === undefined) return table;
  return table.at(Math.max(asOf, table.history.forgotten)) ?? table;
}

export function notFromTheFuture({ store }: Core, { options }: Request): void {
  const asked = Number(options.resourceVersion ?? 0);
  if (asked > store.revision) throw tooLargeResourceVersion(asked, store.revision);
}
