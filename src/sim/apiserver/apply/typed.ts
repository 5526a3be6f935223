import { isObject, type Json, type JsonObject } from '../object/json';
import { itemKey } from '../schema/lists';
import { member, type Schema } from '../schema/schema';

/**
 * Why a configuration cannot be applied: fields that no schema knows, items of keyed lists that cannot be told
 * apart, values of another kind than the schema's. Empty when it can. Paths as people read them (`.spec.a`).
 */
export function typeProblems(schema: Schema, config: JsonObject): string[] {
  const problems: string[] = [];
  walk(schema, config, '', problems);
  return problems;
}

function walk(schema: Schema, value: Json, path: string, problems: string[]): void {
  if (value === null) return;
  const wanted = mismatch(schema, value);
  if (wanted) problems.push(`${path}: expected ${wanted}, got ${Array.isArray(value) ? 'list' : typeof value}`);
  else if (Array.isArray(value)) walkList(schema, value, path, problems);
  else if (isObject(value)) walkObject(schema, value, path, problems);
}

function mismatch(schema: Schema, value: Json): string | undefined {
  switch (schema.type) {
    case 'object':
      return isObject(value) ? undefined : 'map';
    case 'array':
      return Array.isArray(value) ? undefined : 'list';
    case 'string':
      return typeof value === 'string' ? undefined : 'string';
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'boolean';
    case 'integer':
    case 'number':
      return typeof value === 'number' ? undefined : 'numeric (int or float)';
    case undefined:
      return undefined;
  }
}

function walkObject(schema: Schema, object: JsonObject, path: string, problems: string[]): void {
  if (!schema.properties && !schema.values && (schema.preserve || schema.type !== 'object')) return;
  for (const [key, value] of Object.entries(object)) {
    const part = member(schema, key);
    if (!part) {
      const embedded = schema.embedded && ['apiVersion', 'kind', 'metadata'].includes(key);
      if (!embedded) problems.push(`${path}.${key}: field not declared in schema`);
    } else if (value !== undefined) {
      walk(part, value, `${path}.${key}`, problems);
    }
  }
}

function walkList(schema: Schema, list: readonly Json[], path: string, problems: string[]): void {
  const { items, keys = [] } = schema;
  if (schema.list === 'map') {
    list.forEach((item, i) => {
      const key = itemKey(schema, item);
      const missing = keys.find((name) => key[name] === null);
      if (missing !== undefined) {
        problems.push(
          `${path}: element ${i}: associative list with keys has an element that omits key field "${missing}" (and doesn't have default value)`,
        );
      }
    });
  }
  if (schema.list === 'map' || schema.list === 'set') refuseDuplicates(schema, list, path, problems);
  if (items) list.forEach((item, i) => walk(items, item, `${path}${element(schema, item, i)}`, problems));
}

function refuseDuplicates(schema: Schema, list: readonly Json[], path: string, problems: string[]): void {
  const seen = new Set<string>();
  list.forEach((item, i) => {
    const name = element(schema, item, i);
    if (seen.has(name)) problems.push(`${path}: duplicate entries for key ${name}`);
    seen.add(name);
  });
}

/** `[name="a"]`, `[="a"]`, or `[0]` where items have no identity. */
function element(schema: Schema, item: Json, index: number): string {
  if (schema.list === 'set') return `[=${JSON.stringify(item)}]`;
  if (schema.list !== 'map') return `[${index}]`;
  const key = Object.entries(itemKey(schema, item)).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `[${key.join(',')}]`;
}
