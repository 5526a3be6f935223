import { isObject, type Json } from '../../object/json';
import { member, type Schema } from '../schema';

/** Words a property must not be called in an expression; they are reached as `__word__`. */
const reserved = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return'.split(' '),
);

const escapes: Record<string, string> = { __: '__underscores__', '.': '__dot__', '-': '__dash__', '/': '__slash__' };

/** The name under which an expression reaches a property. */
export function celName(property: string): string {
  if (reserved.has(property)) return `__${property}__`;
  return /__|[.\-/]/.test(property) ? property.replace(/__|[.\-/]/g, (found) => escapes[found]!) : property;
}

/** The value as expressions see it: integers as bigint, times as Date, null members as absent. */
export function celValue(schema: Schema, value: Json): unknown {
  if (typeof value === 'number') return isInteger(schema, value) ? BigInt(value) : value;
  if (typeof value === 'string') {
    return schema.format === 'date-time' || schema.format === 'date' ? new Date(value) : value;
  }
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? value.map((item) => celValue(items, item)) : value;
  }
  if (!isObject(value)) return value;
  const object: Record<string, unknown> = {};
  for (const key in value) {
    const part = value[key];
    if (part === undefined || part === null) continue;
    const described = member(schema, key);
    if (described) object[schema.properties?.has(key) ? celName(key) : key] = celValue(described, part);
  }
  return object;
}

/** Without a declared type, a number is what it looks like. */
const isInteger = (schema: Schema, value: number): boolean =>
  schema.type === 'integer' || (schema.type !== 'number' && Number.isInteger(value));
