import { deepCopy, isObject, type JsonObject } from '../object/json';

/**
 * A copy for a caller to keep and change. managedFields is shared: it is as large as all the rest, and
 * nobody edits it in place.
 */
export function handOut<T>(object: JsonObject): T {
  const { metadata } = object;
  if (!isObject(metadata) || metadata.managedFields === undefined) return deepCopy(object) as T;
  const { managedFields, ...meta } = metadata;
  const copy = deepCopy({ ...object, metadata: meta }) as JsonObject;
  (copy.metadata as JsonObject).managedFields = managedFields;
  return copy as T;
}
