import { checkEntries, decode, encode, type Manager, type Managers } from '../apply/managers';
import { afterUpdate } from '../apply/update';
import { timestamp } from '../../../runtime/clock';
import { withMeta, type ManagedEntry, type Obj } from '../object/object';
import { apiVersionOf } from '../registry/resource';
import type { Core } from './core';
import type { Request } from './request';

/** Who writes, as it appears in managedFields. */
export function managerOf({ type, version, options, client, subresource, patchType }: Request): Manager {
  return {
    name: options.fieldManager ?? client,
    operation: patchType === 'apply' ? 'Apply' : 'Update',
    apiVersion: apiVersionOf(type, version.name),
    subresource,
  };
}

/**
 * The object with managedFields brought up to date after a write that is not an apply. A client may have
 * changed the entries themselves; one empty entry resets them.
 */
export function ownedByUpdate(core: Core, request: Request, before: Obj | undefined, after: Obj): Obj {
  const managers = afterUpdate({
    schema: request.version.schema,
    before: before ?? request.type.strategy.blank,
    after,
    managers: entriesToStartFrom(request, before, after),
    manager: managerOf(request),
    time: timestamp(core.clock),
  });
  return withMeta(after, { managedFields: encode(managers) });
}

function entriesToStartFrom({ subresource }: Request, before: Obj | undefined, after: Obj): Managers {
  const live = before?.metadata.managedFields;
  const given = after.metadata.managedFields;
  if (subresource !== '' || !given || given.length === 0 || given === live) return entries(live);
  if (given.length === 1 && Object.keys(given[0]!).length === 0) return entries(undefined);
  checkEntries(given);
  return entries(given);
}

const entries = (managedFields: ManagedEntry[] | undefined): Managers => decode({ name: '', managedFields });
