import type { Json, JsonObject } from '../object/json';
import type { Schema } from '../schema/schema';
import { elementOf, formOf, isDeclared, isEmptyValue, itemOf, memberOf } from './elements';
import { asMember, isEmpty, type Fields } from './fields';

/** The value without the members of the set. What a removal leaves empty goes too. */
export function remove(schema: Schema, value: Json, fields: Fields): Json {
  const form = formOf(schema, value);
  if (form === 'leaf' || isEmpty(fields)) return value;
  return form === 'list' ? fromList(schema, value as Json[], fields) : fromObject(schema, value as JsonObject, fields);
}

const isCut = (cut: Fields | undefined): boolean => cut !== undefined && (isEmpty(cut) || '.' in cut);

function fromObject(schema: Schema, object: JsonObject, fields: Fields): JsonObject {
  const kept: JsonObject = {};
  for (const key in object) {
    const value = object[key];
    const cut = fields[`f:${key}`];
    if (value === undefined || isCut(cut)) continue;
    const rest = cut ? remove(memberOf(schema, key), value, cut) : value;
    if (!cut || !isEmptyValue(rest)) kept[key] = rest;
  }
  return kept;
}

function fromList(schema: Schema, list: readonly Json[], fields: Fields): Json[] {
  return list.flatMap((item) => {
    const cut = fields[elementOf(schema, item)];
    if (isCut(cut)) return [];
    return [cut ? remove(itemOf(schema), item, cut) : item];
  });
}

/** The set with every declared field on the way to a member made a member itself. */
export function withParents(schema: Schema, fields: Fields): Fields {
  const result: Fields = {};
  for (const element in fields) {
    const child = fields[element]!;
    if (element === '.' || isEmpty(child)) {
      result[element] = child;
    } else {
      const key = element.startsWith('f:') ? element.slice(2) : undefined;
      const below = withParents(key === undefined ? itemOf(schema) : memberOf(schema, key), child);
      result[element] = key !== undefined && isDeclared(schema, key) ? asMember(below) : below;
    }
  }
  return result;
}
