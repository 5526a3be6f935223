/** Any JSON value. Values inside the store are shared between readers: never change one in place. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export type JsonObject = { [key: string]: Json | undefined };

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object at `key`, or an empty one when there is none. For reading only. */
export function objectAt(parent: JsonObject | undefined, key: string): JsonObject {
  const value = parent?.[key];
  return isObject(value) ? value : empty;
}
const empty: JsonObject = Object.freeze({});

export function listAt(parent: JsonObject | undefined, key: string): Json[] {
  const value = parent?.[key];
  return Array.isArray(value) ? value : [];
}

export function stringAt(parent: JsonObject | undefined, key: string): string | undefined {
  const value = parent?.[key];
  return typeof value === 'string' ? value : undefined;
}

export function numberAt(parent: JsonObject | undefined, key: string): number | undefined {
  const value = parent?.[key];
  return typeof value === 'number' ? value : undefined;
}

/** A scalar as text; anything else as JSON. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}

/** The items of a list of scalars as texts. */
export const textsAt = (parent: JsonObject | undefined, key: string): string[] => listAt(parent, key).map(textOf);

/** The value under a chain of keys; undefined as soon as one is missing. */
export function valueAt(root: Json | undefined, ...keys: string[]): Json | undefined {
  let value: Json | undefined = root;
  for (const key of keys) value = isObject(value) ? value[key] : undefined;
  return value;
}

/**
 * A copy that shares nothing. Members that are undefined are dropped.
 * Throws on `__proto__`, which no Kubernetes field is called and which assignment would not store.
 */
export function deepCopy<T extends Json | undefined>(value: T): T {
  return copy(value) as T;
}

function copy(value: Json | undefined): Json | undefined {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const list = new Array<Json>(value.length);
    for (let i = 0; i < value.length; i++) list[i] = copy(value[i]) ?? null;
    return list;
  }
  const object: JsonObject = {};
  for (const key in value) {
    if (!Object.hasOwn(value, key)) continue;
    if (key === '__proto__') throw new TypeError('a field cannot be called __proto__');
    const member = value[key];
    if (member !== undefined) object[key] = copy(member);
  }
  return object;
}

/** Equality of content; the order of keys and members that are undefined do not matter. */
export function deepEqual(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!deepEqual(a[i], b[i])) return false;
    return true;
  }
  if (Array.isArray(b)) return false;
  let members = 0;
  for (const key in a) {
    const value = a[key];
    if (value === undefined) continue;
    members++;
    if (!Object.hasOwn(b, key) || !deepEqual(value, b[key])) return false;
  }
  for (const key in b) if (b[key] !== undefined) members--;
  return members === 0;
}
