import { isObject, type Json } from '../object/json';
import { itemKey } from '../schema/lists';
import { anything, member, type Schema } from '../schema/schema';

/**
 * How server-side apply sees a value: as a leaf that has one owner, as an object owned member by member, or
 * as a list owned item by item. Where the schema does not say, objects are split and lists are leaves.
 */
export type Form = 'leaf' | 'object' | 'list';

export function formOf(schema: Schema, value: Json | undefined): Form {
  if (isObject(value)) return schema.atomic ? 'leaf' : 'object';
  if (Array.isArray(value)) return schema.list === 'set' || schema.list === 'map' ? 'list' : 'leaf';
  return 'leaf';
}

export const memberOf = (schema: Schema, key: string): Schema => member(schema, key) ?? anything;
export const itemOf = (schema: Schema): Schema => schema.items ?? anything;

/** Whether a member is a declared field (as opposed to a key of a map). */
export const isDeclared = (schema: Schema, key: string): boolean => schema.properties?.has(key) ?? false;

/** The path element of one item: by its keys in a map list, by its value in a set. */
export function elementOf(schema: Schema, item: Json): string {
  if (schema.list !== 'map') return `v:${JSON.stringify(item)}`;
  const key = itemKey(schema, item);
  return `k:${JSON.stringify(Object.fromEntries(Object.entries(key).sort(([a], [b]) => (a < b ? -1 : 1))))}`;
}

/** Items by their element. A repeated element, which validation refuses, keeps its first item. */
export function indexed(schema: Schema, list: readonly Json[]): Map<string, Json> {
  const items = new Map<string, Json>();
  for (const item of list) {
    const element = elementOf(schema, item);
    if (!items.has(element)) items.set(element, item);
  }
  return items;
}

export const isEmptyValue = (value: Json | undefined): boolean => {
  if (value === undefined || value === null) return true;
  return Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
};
