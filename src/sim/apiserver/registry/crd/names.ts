import { deepEqual, isObject, listAt, objectAt, stringAt, textsAt, type JsonObject } from '../../object/json';
import type { Obj } from '../../object/object';
import type { Surroundings } from '../resource';

export const definitionsTable = 'customresourcedefinitions.apiextensions.k8s.io';

/** Sets what the API server itself reports about a definition: accepted names and conditions. */
export function reportNames(definition: Obj, old: Obj | undefined, surroundings: Surroundings): void {
  const spec = objectAt(definition, 'spec');
  const before = objectAt(old, 'status');
  const conflict = nameConflict(definition, surroundings);
  const now = surroundings.now();
  const accepted: Condition = conflict
    ? { type: 'NamesAccepted', status: 'False', reason: conflict.reason, message: conflict.message }
    : { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' };
  const wasEstablished = isEstablished(old);
  const established: Condition =
    conflict && !wasEstablished
      ? { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' }
      : {
          type: 'Established',
          status: 'True',
          reason: 'InitialNamesAccepted',
          message: 'the initial names have been accepted',
        };
  const others = listAt(before, 'conditions').filter((c) => isObject(c) && c.type === 'Terminating');
  const stored = listAt(spec, 'versions')
    .filter(isObject)
    .find((version) => version.storage === true);
  const storedVersions = new Set([...listAt(before, 'storedVersions'), stringAt(stored, 'name') ?? '']);
  definition.status = {
    conditions: [...[accepted, established].map((c) => since(c, before, now)), ...others],
    acceptedNames: conflict ? (before.acceptedNames ?? { plural: '', kind: '' }) : objectAt(spec, 'names'),
    storedVersions: [...storedVersions],
  };
}

type Condition = { type: string; status: string; reason: string; message: string };

/** The time of a condition only moves when its status does. */
function since(condition: Condition, before: JsonObject, now: string): JsonObject {
  const known = listAt(before, 'conditions')
    .filter(isObject)
    .find(({ type }) => type === condition.type);
  const lastTransitionTime = known?.status === condition.status ? (stringAt(known, 'lastTransitionTime') ?? now) : now;
  return { ...condition, lastTransitionTime };
}

export function isEstablished(definition: Obj | undefined): boolean {
  const conditions = listAt(objectAt(definition, 'status'), 'conditions').filter(isObject);
  return conditions.some(({ type, status }) => type === 'Established' && status === 'True');
}

/** A name that another definition of the same group has already. */
function nameConflict(definition: Obj, { store }: Surroundings): { reason: string; message: string } | undefined {
  const spec = objectAt(definition, 'spec');
  const names = objectAt(spec, 'names');
  for (const [, { object }] of store.table(definitionsTable).range('')) {
    const other = objectAt(object, 'spec');
    if (object.metadata.name === definition.metadata.name || other.group !== spec.group) continue;
    const theirs = objectAt(objectAt(object, 'status'), 'acceptedNames');
    for (const [field, reason] of [
      ['listKind', 'ListKindConflict'],
      ['kind', 'KindConflict'],
    ] as const) {
      if (names[field] !== undefined && deepEqual(names[field], theirs[field])) {
        return { reason, message: `"${stringAt(names, field)}" is already in use` };
      }
    }
    const taken = nicknames(names).find((name) => nicknames(theirs).includes(name));
    if (taken !== undefined) return { reason: 'ShortNamesConflict', message: `"${taken}" is already in use` };
  }
  return undefined;
}

/** What else a resource answers to. */
const nicknames = (names: JsonObject): string[] =>
  [stringAt(names, 'singular') ?? '', ...textsAt(names, 'shortNames')].filter(Boolean);
