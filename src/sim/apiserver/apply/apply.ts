import type { JsonObject } from '../object/json';
import type { Schema } from '../schema/schema';
import { compare } from './compare';
import type { Conflict } from './conflicts';
import { difference, isEmpty, paths, union, without, type Fields } from './fields';
import { fieldSet } from './fieldset';
import { identity, type Manager, type Managers } from './managers';
import { merge, ownable } from './merge';
import { remove, withParents } from './remove';
import { handOver } from './update';

export interface Apply {
  readonly schema: Schema;
  /** An empty object when there is none yet. */
  readonly live: JsonObject;
  readonly config: JsonObject;
  readonly managers: Managers;
  readonly manager: Manager;
  /** Fields that this endpoint does not write, such as status on the main one. */
  readonly ignored: Fields;
  readonly time: string;
}

export interface Applied {
  /** Shares parts with live and config: copy before changing. */
  readonly object: JsonObject;
  readonly managers: Managers;
  /** What other managers own and the configuration changes. Empty means it may be stored. */
  readonly conflicts: Conflict[];
}

/**
 * Server-side apply: the configuration is laid over what is live; what this manager applied before, does
 * not any more, and nobody else owns, is removed.
 */
export function apply(request: Apply): Applied {
  const { schema, live, config, manager, ignored } = request;
  const id = identity(manager);
  const last = request.managers.get(id)?.fields;
  const fields = without(fieldSet(schema, ownable(config)), ignored);
  const managers: Managers = new Map(request.managers).set(id, { manager, fields, time: request.time });
  const merged = merge(schema, live, config) as JsonObject;
  const object = last && !isEmpty(last) ? prune(schema, merged, without(last, ignored), managers) : merged;
  const comparison = compare(schema, ownable(live), ownable(object));
  const changed = without(comparison.changed, ignored);
  const removed = without(comparison.removed, ignored);
  return { object, ...handOver(managers, id, { changed, removed }) };
}

/** Removes what was applied before and is owned by nobody now. */
function prune(schema: Schema, merged: JsonObject, last: Fields, managers: Managers): JsonObject {
  // Metadata as such belongs to the server: only what is in it can be orphaned.
  const owned = [...managers.values()].reduce<Fields>((all, { fields }) => union(all, fields), paths('metadata'));
  const orphaned = difference(withParents(schema, last), withParents(schema, owned));
  return isEmpty(orphaned) ? merged : (remove(schema, merged, orphaned) as JsonObject);
}
