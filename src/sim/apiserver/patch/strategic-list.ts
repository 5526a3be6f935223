import { badRequest } from '../errors/status';
import { isObject, type Json, type JsonObject } from '../object/json';
import { anything, type Schema } from '../schema/schema';
import { cleaned, strategicMerge } from './strategic';

export interface ListDirectives {
  /** The items (or just their merge keys) in the order they shall have. */
  readonly order?: readonly Json[] | undefined;
  /** Primitive values to take out. */
  readonly removals?: readonly Json[] | undefined;
}

/** The target list with the patch's items merged in, where the schema lets lists merge; else the patch's list. */
export function mergeLists(schema: Schema, target: Json[], patch: Json[], directives: ListDirectives): Json[] {
  const key = mergeKeyOf(schema);
  if (key !== undefined) return mergeByKey(schema, key, target, patch, directives);
  if (schema.list === 'set') return mergeSet(target, patch, directives);
  return cleaned(patch) as Json[];
}

/** The one key by which strategic merge patches tell items apart; undefined when they do not. */
const mergeKeyOf = (schema: Schema): string | undefined =>
  schema.mergeKey ?? (schema.list === 'map' ? schema.keys?.[0] : undefined);

function mergeSet(target: Json[], patch: Json[], { order, removals = [] }: ListDirectives): Json[] {
  const kept = target.filter((value) => !removals.includes(value));
  const merged = [...kept, ...patch.filter((value) => !kept.includes(value))];
  return order ? inOrder(merged, target, order, (value) => value) : merged;
}

function mergeByKey(schema: Schema, key: string, target: Json[], patch: Json[], { order }: ListDirectives): Json[] {
  const changes = patch.map((item) => {
    if (!isObject(item)) throw badRequest(`the items of a list with merge key ${key} must be objects`);
    return item;
  });
  if (changes.some((item) => item.$patch === 'replace')) return cleaned(patch) as Json[];
  const keyOf = (item: Json): Json | undefined => (isObject(item) ? item[key] : item);
  const merged = [...target];
  for (const item of changes) mergeItem(schema, key, merged, item);
  return order ? inOrder(merged, target, order, keyOf) : merged;
}

function mergeItem(schema: Schema, key: string, merged: Json[], item: JsonObject): void {
  const id = item[key];
  if (id === undefined) throw badRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`);
  const at = merged.findIndex((candidate) => isObject(candidate) && candidate[key] === id);
  if (item.$patch === 'delete') {
    if (at >= 0) merged.splice(at, 1);
  } else if (at >= 0) {
    merged[at] = strategicMerge(schema.items ?? anything, merged[at] as JsonObject, item);
  } else {
    merged.push(cleaned(item));
  }
}

/**
 * Items the order names come in that order. Items only the server has keep their place: each before the
 * first named item that followed it.
 */
function inOrder(
  merged: readonly Json[],
  before: readonly Json[],
  order: readonly Json[],
  keyOf: (item: Json) => Json | undefined,
): Json[] {
  const wanted = order.map(keyOf);
  const named = merged
    .filter((item) => wanted.includes(keyOf(item)))
    .sort((a, b) => wanted.indexOf(keyOf(a)) - wanted.indexOf(keyOf(b)));
  const others = merged.filter((item) => !wanted.includes(keyOf(item)));
  const places = before.map(keyOf);
  const placeOf = (item: Json): number => places.indexOf(keyOf(item));
  const result: Json[] = [];
  for (const item of named) {
    while (others.length > 0 && placeOf(item) >= 0 && placeOf(others[0]!) < placeOf(item)) result.push(others.shift()!);
    result.push(item);
  }
  return [...result, ...others];
}
