import { badRequest } from '../errors/status';
import type { ManagedEntry, Meta } from '../object/object';
import { isEmpty, isFields, noFields, sameFields, union, type Fields } from './fields';

export type Operation = 'Apply' | 'Update';

/** One writer, as managedFields tells writers apart. */
export interface Manager {
  readonly name: string;
  readonly operation: Operation;
  readonly apiVersion: string;
  readonly subresource: string;
}

export interface Owned {
  readonly manager: Manager;
  readonly fields: Fields;
  readonly time?: string;
}

/** All managers of an object by their identity. */
export type Managers = Map<string, Owned>;

/** Appliers are one manager whatever version they use; updaters are told apart by version as well. */
export const identity = ({ name, operation, apiVersion, subresource }: Manager): string =>
  JSON.stringify([name, operation, operation === 'Apply' ? '' : apiVersion, subresource]);

export function decode(meta: Meta): Managers {
  const managers: Managers = new Map();
  for (const entry of meta.managedFields ?? []) {
    const manager: Manager = {
      name: entry.manager ?? 'unknown',
      operation: entry.operation === 'Apply' ? 'Apply' : 'Update',
      apiVersion: entry.apiVersion ?? '',
      subresource: entry.subresource ?? '',
    };
    const fields = (entry.fieldsV1 ?? {}) as Fields;
    managers.set(identity(manager), { manager, fields, ...(entry.time ? { time: entry.time } : {}) });
  }
  return managers;
}

/** The entries as the API shows them: appliers first, then by time, then by name. Undefined when there are none. */
export function encode(managers: Managers): ManagedEntry[] | undefined {
  const owned = [...managers.values()].filter(({ fields }) => !isEmpty(fields)).sort(byAge);
  if (owned.length === 0) return undefined;
  return owned.map(({ manager, fields, time }) => ({
    manager: manager.name,
    operation: manager.operation,
    apiVersion: manager.apiVersion,
    ...(time ? { time } : {}),
    fieldsType: 'FieldsV1',
    fieldsV1: fields,
    ...(manager.subresource ? { subresource: manager.subresource } : {}),
  }));
}

function byAge(a: Owned, b: Owned): number {
  const texts = (o: Owned) => [
    o.manager.operation,
    o.time ?? '',
    o.manager.name,
    o.manager.apiVersion,
    o.manager.subresource,
  ];
  const [left, right] = [texts(a), texts(b)];
  for (let i = 0; i < left.length; i++) {
    if (left[i]! < right[i]!) return -1;
    if (left[i]! > right[i]!) return 1;
  }
  return 0;
}

/** How many updaters are kept apart; the oldest beyond that share one entry. */
const maxUpdaters = 10;
const ancient = 'ancient-changes';

/** Folds the oldest updaters into one, so that the list cannot grow for ever. */
export function capped(managers: Managers): Managers {
  const updaters = [...managers].filter(([, { manager }]) => manager.operation === 'Update');
  if (updaters.length <= maxUpdaters) return managers;
  const result: Managers = new Map(managers);
  updaters.sort(([, a], [, b]) => byAge(a, b));
  for (const [id, owned] of updaters.slice(0, updaters.length - maxUpdaters + 1)) {
    result.delete(id);
    const bucket: Manager = {
      name: ancient,
      operation: 'Update',
      apiVersion: owned.manager.apiVersion,
      subresource: '',
    };
    const key = identity(bucket);
    const before = result.get(key);
    result.set(key, { manager: bucket, fields: union(before?.fields ?? noFields, owned.fields), time: owned.time });
  }
  return result;
}

/** Whether two states differ in more than the times. */
export function sameOwnership(a: readonly ManagedEntry[] = [], b: readonly ManagedEntry[] = []): boolean {
  if (a === b) return true;
  const [left, right] = [decodeList(a), decodeList(b)];
  if (left.size !== right.size) return false;
  return [...left].every(([id, { fields }]) => {
    const other = right.get(id);
    return other !== undefined && sameFields(fields, other.fields);
  });
}

const decodeList = (entries: readonly ManagedEntry[]): Managers => decode({ name: '', managedFields: [...entries] });

/** Refuses entries from a client that the server could not work with later. */
export function checkEntries(entries: readonly ManagedEntry[]): void {
  for (const entry of entries) {
    const { operation, fieldsType, fieldsV1 } = entry;
    if (operation !== 'Apply' && operation !== 'Update')
      throw badRequest(
        `metadata.managedFields.operation: Invalid value: "${operation ?? ''}": must be \`Apply\` or \`Update\``,
      );
    if (fieldsType !== 'FieldsV1')
      throw badRequest(`metadata.managedFields.fieldsType: Invalid value: "${fieldsType ?? ''}": must be \`FieldsV1\``);
    if (fieldsV1 !== undefined && !isFields(fieldsV1))
      throw badRequest('metadata.managedFields.fieldsV1 is not a field set');
  }
}
