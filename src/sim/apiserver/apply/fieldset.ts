import { isObject, type Json, type JsonObject } from '../object/json';
import type { Schema } from '../schema/schema';
import { elementOf, formOf, isDeclared, isEmptyValue, itemOf, memberOf } from './elements';
import { asMember, noFields, type Fields } from './fields';

/** The fields a configuration sets: what its manager owns after applying it. */
export function fieldSet(schema: Schema, value: Json): Fields {
  const form = formOf(schema, value);
  if (form === 'leaf' || isEmptyValue(value)) return noFields;
  return form === 'list' ? ofList(schema, value as Json[]) : ofObject(schema, value as JsonObject);
}

function ofObject(schema: Schema, object: JsonObject): Fields {
  const fields: Fields = {};
  for (const key in object) {
    const value = object[key];
    if (value === undefined) continue;
    const below = fieldSet(memberOf(schema, key), value);
    // Keys of maps are owned themselves; declared fields only through what is in them.
    const itself = !isDeclared(schema, key) || value === null || (isObject(value) && isEmptyValue(value));
    fields[`f:${key}`] = itself ? asMember(below) : below;
  }
  return fields;
}

function ofList(schema: Schema, list: readonly Json[]): Fields {
  const fields: Fields = {};
  for (const item of list) fields[elementOf(schema, item)] = asMember(fieldSet(itemOf(schema), item));
  return fields;
}
