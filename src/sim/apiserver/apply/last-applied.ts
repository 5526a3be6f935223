import { isObject, type Json, type JsonObject } from '../object/json';
import type { Obj } from '../object/object';
import type { Schema } from '../schema/schema';
import type { Conflict } from './conflicts';
import { compare } from './compare';
import { difference, isEmpty, type Fields } from './fields';
import { fieldSet } from './fieldset';
import { ownable } from './merge';

/** Where client-side apply keeps the configuration it applied last. */
export const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';

/** The manager name that kubectl uses, the only one for which client-side apply is looked after. */
const kubectl = 'kubectl';

/**
 * Whether all these conflicts are about fields that the same person applied client-side before: then moving
 * on to server-side apply takes them over without force.
 */
export function allowedByLastApplied(
  manager: string,
  schema: Schema,
  live: Obj,
  conflicts: readonly Conflict[],
): boolean {
  const applied = manager === kubectl ? lastApplied(live) : undefined;
  if (!applied) return false;
  const set = fieldSet(schema, ownable(applied));
  const { changed } = compare(schema, ownable(applied), ownable(live));
  const unchanged: Fields = difference(set, changed);
  return conflicts.every(({ fields }) => isEmpty(difference(fields, unchanged)));
}

function lastApplied(live: Obj): JsonObject | undefined {
  const text = live.metadata.annotations?.[lastAppliedAnnotation];
  if (!text) return undefined;
  try {
    const value = JSON.parse(text) as Json;
    return isObject(value) && value.apiVersion === live.apiVersion ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps the annotation true, so that going back to client-side apply is possible. */
export function updateLastApplied(manager: string, object: Obj, config: JsonObject): Obj {
  const annotations = object.metadata.annotations;
  if (manager !== kubectl || annotations?.[lastAppliedAnnotation] === undefined) return object;
  const text = `${JSON.stringify(config)}\n`;
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { ...annotations, [lastAppliedAnnotation]: text } },
  };
}
