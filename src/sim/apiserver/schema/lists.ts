import { isObject, type Json, type JsonObject } from '../object/json';
import type { Schema } from './schema';

/** The key fields of one item of a map list; a key that is left out counts with its default. */
export function itemKey(schema: Schema, item: Json): JsonObject {
  const key: JsonObject = {};
  for (const name of schema.keys ?? []) {
    const value = isObject(item) ? item[name] : undefined;
    key[name] = value ?? schema.items?.properties?.get(name)?.default ?? null;
  }
  return key;
}

/** A text that two items of a set or map list share exactly if they are the same item. */
export function itemIdentity(schema: Schema, item: Json): string {
  return JSON.stringify(schema.list === 'map' ? itemKey(schema, item) : item);
}

/** Items that repeat an earlier one: index, and what is shown as the value. */
export function duplicates(schema: Schema, list: readonly Json[]): [index: number, what: Json][] {
  if (list.length < 2) return [];
  const seen = new Set<string>();
  const repeated: [number, Json][] = [];
  list.forEach((item, index) => {
    const identity = itemIdentity(schema, item);
    if (seen.has(identity)) repeated.push([index, schema.list === 'map' ? itemKey(schema, item) : item]);
    seen.add(identity);
  });
  return repeated;
}
