import { deepEqual, type Json, type JsonObject } from '../object/json';
import type { Schema } from '../schema/schema';
import { formOf, indexed, isEmptyValue, itemOf, memberOf, type Form } from './elements';
import { noFields, type Fields } from './fields';

/** What a write did, field by field. */
export interface Comparison {
  /** Added or given another value. */
  readonly changed: Fields;
  readonly removed: Fields;
}

export function compare(schema: Schema, before: JsonObject, after: JsonObject): Comparison {
  const sides: Sides = { changed: undefined, removed: undefined };
  merge(sides, difference(schema, before, after));
  return { changed: sides.changed ?? noFields, removed: sides.removed ?? noFields };
}

interface Sides {
  changed: Fields | undefined;
  removed: Fields | undefined;
}

const leaf: { added: Sides; removed: Sides; none: Sides } = {
  added: { changed: noFields, removed: undefined },
  removed: { changed: undefined, removed: noFields },
  none: { changed: undefined, removed: undefined },
};

function difference(schema: Schema, before: Json | undefined, after: Json | undefined): Sides {
  if (before === after) return leaf.none;
  const form = commonForm(schema, before, after);
  if (form === 'different') {
    const sides: Sides = { ...difference(schema, before, undefined) };
    merge(sides, difference(schema, undefined, after));
    return sides;
  }
  if (form === 'leaf' || (isEmptyValue(before) && isEmptyValue(after))) return ofLeaf(before, after);
  const sides: Sides = { changed: undefined, removed: undefined };
  // A part that comes or goes as a whole is itself added or removed, not only what is in it.
  if (before === undefined) sides.changed = { '.': noFields };
  if (after === undefined) sides.removed = { '.': noFields };
  if (form === 'list') compareItems(schema, before as Json[] | undefined, after as Json[] | undefined, sides);
  else compareMembers(schema, before as JsonObject | undefined, after as JsonObject | undefined, sides);
  return sides;
}

function commonForm(schema: Schema, before: Json | undefined, after: Json | undefined): Form | 'different' {
  if (before === undefined || before === null) return formOf(schema, after);
  if (after === undefined || after === null) return formOf(schema, before);
  const form = formOf(schema, before);
  return form === formOf(schema, after) ? form : 'different';
}

function ofLeaf(before: Json | undefined, after: Json | undefined): Sides {
  if (before === undefined) return leaf.added;
  if (after === undefined) return leaf.removed;
  return deepEqual(before, after) ? leaf.none : leaf.added;
}

function compareMembers(
  schema: Schema,
  before: JsonObject | undefined | null,
  after: JsonObject | undefined | null,
  sides: Sides,
): void {
  for (const key in after) put(sides, `f:${key}`, difference(memberOf(schema, key), before?.[key], after[key]));
  for (const key in before) {
    if (after?.[key] === undefined) put(sides, `f:${key}`, difference(memberOf(schema, key), before[key], undefined));
  }
}

function compareItems(
  schema: Schema,
  before: Json[] | undefined | null,
  after: Json[] | undefined | null,
  sides: Sides,
): void {
  const old = indexed(schema, before ?? []);
  const now = indexed(schema, after ?? []);
  for (const [element, item] of now) put(sides, element, difference(itemOf(schema), old.get(element), item));
  for (const [element, item] of old) {
    if (!now.has(element)) put(sides, element, difference(itemOf(schema), item, undefined));
  }
}

function put(sides: Sides, element: string, below: Sides): void {
  if (below.changed) (sides.changed ??= {})[element] = below.changed;
  if (below.removed) (sides.removed ??= {})[element] = below.removed;
}

function merge(into: Sides, from: Sides): void {
  if (from.changed) into.changed = { ...into.changed, ...from.changed };
  if (from.removed) into.removed = { ...into.removed, ...from.removed };
}
