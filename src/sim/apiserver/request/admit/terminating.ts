import { StatusError } from '../../errors/status';
import { qualified } from '../../object/object';
import { definitionsTable } from '../../registry/crd/names';
import type { Core } from '../core';
import type { Request } from '../request';

/** No new objects of a kind whose definition is being deleted. */
export function refuseTerminating({ store }: Core, { type }: Request): void {
  if (type.strategy.typed) return;
  const definition = store.table(definitionsTable).get(`${type.plural}.${type.group}`);
  if (!definition?.object.metadata.deletionTimestamp) return;
  throw new StatusError(
    405,
    'MethodNotAllowed',
    `create not allowed while custom resource definition is terminating (${qualified(type.plural, type.group)})`,
    { group: type.group, kind: type.plural },
  );
}
