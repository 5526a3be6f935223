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

/** A copy without managedFields, as the HTTP client hands out what it lists and watches. */
export function handOutBare<T>({ metadata, ...object }: JsonObject): T {
  if (!isObject(metadata)) return deepCopy(object) as T;
  const { managedFields: _managedFields, ...meta } = metadata;
  const { apiVersion, kind, ...rest } = object;
  return deepCopy({ apiVersion, kind, metadata: meta, ...rest }) as T;
}

/** An item of a list. Those of built-in kinds do not say what they are: the list does. */
export function handOutItem<T>(object: JsonObject, typed: boolean): T {
  if (!typed) return handOutBare<T>(object);
  const { apiVersion: _apiVersion, kind: _kind, ...rest } = object;
  return handOutBare<T>(rest);
}
