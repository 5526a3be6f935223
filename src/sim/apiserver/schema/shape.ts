import { deepCopy, isObject, type Json, type JsonObject } from '../object/json';
import { canonicalQuantity } from '../object/quantity';
import { at, render, type Path } from './path';
import { anything, type Schema } from './schema';

export interface ShapeOptions {
  /** Typed kinds drop members that are null; custom resources keep them for validation to judge. */
  readonly dropNulls: boolean;
  /** Receives the path of every member that nothing describes. Each is dropped all the same. */
  readonly onUnknown?: (path: string) => void;
}

/**
 * Brings a decoded object into the shape its schema gives: unknown members pruned, defaults filled in,
 * quantities in their canonical form. Changes the value in place, which the caller must own.
 */
export function shape(schema: Schema, value: JsonObject, options: ShapeOptions): void {
  shapeObject(schema, value, undefined, options);
}

function shapeValue(schema: Schema, value: Json, path: Path, options: ShapeOptions): Json {
  if (Array.isArray(value)) {
    const items = schema.items;
    if (items) {
      for (let i = 0; i < value.length; i++) {
        value[i] = shapeValue(items, defaulted(items, value[i]) ?? null, at(path, i), options);
      }
    }
    return value;
  }
  if (isObject(value)) {
    shapeObject(schema, value, path, options);
    return value;
  }
  if (schema.format === 'quantity' && (typeof value === 'string' || typeof value === 'number'))
    return canonicalQuantity(value);
  return value;
}

const embeddedNames = new Set(['apiVersion', 'kind', 'metadata']);

function shapeObject(schema: Schema, object: JsonObject, path: Path, options: ShapeOptions): void {
  const { properties, values } = schema;
  if (!properties && !values && (schema.preserve || schema.type !== 'object')) return;
  for (const key of Object.keys(object)) {
    const value = object[key];
    const described = properties?.get(key) ?? values ?? (keeps(schema, key) ? anything : undefined);
    if (!described) {
      options.onUnknown?.(render(at(path, key)));
      delete object[key];
    } else if (value === undefined || (value === null && options.dropNulls && !described.preserve)) {
      delete object[key];
    } else {
      object[key] = shapeValue(described, defaulted(described, value) ?? null, at(path, key), options);
    }
  }
  if (properties) fillDefaults(properties, object, path, options);
}

const keeps = (schema: Schema, key: string): boolean =>
  schema.preserve === true || (schema.embedded === true && embeddedNames.has(key));

function fillDefaults(properties: Map<string, Schema>, object: JsonObject, path: Path, options: ShapeOptions): void {
  for (const [name, property] of properties) {
    if (property.default === undefined || object[name] !== undefined) continue;
    object[name] = shapeValue(property, deepCopy(property.default), at(path, name), options);
  }
}

/** A null where null is not allowed makes way for the default. */
function defaulted(schema: Schema, value: Json | undefined): Json | undefined {
  return value === null && !schema.nullable && schema.default !== undefined ? deepCopy(schema.default) : value;
}
