import { badRequest } from '../errors/status';
import { deepCopy, isObject, type Json, type JsonObject, textOf } from '../object/json';
import { anything, member, type Schema } from '../schema/schema';
import { mergeLists } from './strategic-list';

const directive = '$patch';
const retain = '$retainKeys';
const orderPrefix = '$setElementOrder/';
const deletePrefix = '$deleteFromPrimitiveList/';

/**
 * Kubernetes' strategic merge patch: as a merge patch, but lists that have a merge key (and sets) are merged
 * item by item, and directives say what to delete, to replace, to retain and in which order to leave it.
 * Changes the target, which the caller must own.
 */
export function strategicMerge(schema: Schema, target: JsonObject, patch: JsonObject): JsonObject {
  const how = patch[directive];
  if (how === 'replace') return cleaned(patch) as JsonObject;
  if (how === 'delete') return {};
  if (how !== undefined && how !== 'merge') throw badRequest(`unknown patch type: ${textOf(how)}`);
  retainOnly(target, patch[retain]);
  for (const key of listsNamed(patch)) {
    const order = listOrNone(patch, orderPrefix + key);
    const removals = listOrNone(patch, deletePrefix + key);
    const part = member(schema, key) ?? anything;
    const original = Array.isArray(target[key]) ? target[key] : [];
    const changes = Array.isArray(patch[key]) ? patch[key] : [];
    if (patch[key] === null) delete target[key];
    else if (target[key] !== undefined || changes.length > 0)
      target[key] = mergeLists(part, original, changes, { order, removals });
  }
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$') || Array.isArray(value) || value === undefined) continue;
    mergeMember(member(schema, key) ?? anything, target, key, value);
  }
  return target;
}

function mergeMember(schema: Schema, target: JsonObject, key: string, value: Json): void {
  const original = target[key];
  if (value === null) delete target[key];
  else if (!isObject(value)) target[key] = value;
  else if (isObject(original)) target[key] = strategicMerge(schema, original, value);
  else if (value[directive] === 'delete') delete target[key];
  else target[key] = cleaned(value);
}

/** Names of the lists that a patch is about, be it only by a directive. */
function listsNamed(patch: JsonObject): Set<string> {
  const names = new Set<string>();
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith(orderPrefix)) names.add(key.slice(orderPrefix.length));
    else if (key.startsWith(deletePrefix)) names.add(key.slice(deletePrefix.length));
    else if (!key.startsWith('$') && Array.isArray(value)) names.add(key);
  }
  return names;
}

function listOrNone(patch: JsonObject, key: string): Json[] | undefined {
  const value = patch[key];
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw badRequest(`${key} must be a list`);
  return value;
}

function retainOnly(target: JsonObject, keys: Json | undefined): void {
  if (keys === undefined) return;
  if (!Array.isArray(keys)) throw badRequest('$retainKeys must be a list');
  for (const key of Object.keys(target)) if (!keys.includes(key)) delete target[key];
}

/** A part of a patch as a value of its own: no directives, nothing that is null. */
export function cleaned(value: Json): Json {
  if (Array.isArray(value)) {
    return value.filter((item) => !isObject(item) || item[directive] === undefined).map(cleaned);
  }
  if (!isObject(value)) return deepCopy(value);
  const result: JsonObject = {};
  for (const [key, part] of Object.entries(value)) {
    if (!key.startsWith('$') && part !== null && part !== undefined) result[key] = cleaned(part);
  }
  return result;
}
