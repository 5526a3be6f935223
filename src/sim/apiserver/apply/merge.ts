import { isObject, type Json, type JsonObject } from '../object/json';
import type { Schema } from '../schema/schema';
import { formOf, indexed, itemOf, memberOf } from './elements';

/**
 * What is live with a configuration laid over it: objects and keyed lists part by part, everything else
 * replaced. Shares parts with both, so the result must be copied before it is changed.
 */
export function merge(schema: Schema, live: Json | undefined, config: Json): Json {
  const form = formOf(schema, config);
  if (live === undefined || form === 'leaf' || form !== formOf(schema, live)) return config;
  if (form === 'list') return mergeLists(schema, live as Json[], config as Json[]);
  const merged: JsonObject = { ...(live as JsonObject) };
  for (const [key, value] of Object.entries(config as JsonObject)) {
    if (value !== undefined) merged[key] = merge(memberOf(schema, key), merged[key], value);
  }
  return merged;
}

/**
 * Items keep the order they have; where both lists have an item, the configuration decides. Items that only
 * the live list has come as early as that allows.
 */
function mergeLists(schema: Schema, live: readonly Json[], config: readonly Json[]): Json[] {
  const old = indexed(schema, live);
  const wanted = indexed(schema, config);
  const shared = [...wanted.keys()].filter((element) => old.has(element));
  const waiting = [...old.keys()];
  const merged: Json[] = [];
  let next = 0;
  let ahead = 0;
  const advance = (): void => {
    for (; ahead < waiting.length && waiting[ahead] !== shared[next]; ahead++) {
      const element = waiting[ahead]!;
      if (!wanted.has(element)) merged.push(old.get(element)!);
    }
  };
  for (const [element, item] of wanted) {
    advance();
    merged.push(merge(itemOf(schema), old.get(element), item));
    if (element === shared[next]) {
      next++;
      if (waiting[ahead] === element) ahead++;
    }
  }
  advance();
  return merged;
}

/** A copy of the object without apiVersion, kind and the metadata that no manager owns. */
export function ownable(object: JsonObject): JsonObject {
  const { apiVersion: _apiVersion, kind: _kind, ...rest } = object;
  if (!isObject(rest.metadata)) return rest;
  const metadata = { ...rest.metadata };
  for (const name of unowned) delete metadata[name];
  if (Object.keys(metadata).length > 0) return { ...rest, metadata };
  const { metadata: _metadata, ...others } = rest;
  return others;
}

const unowned = [
  'name',
  'namespace',
  'creationTimestamp',
  'selfLink',
  'uid',
  'generation',
  'managedFields',
  'resourceVersion',
] as const;
