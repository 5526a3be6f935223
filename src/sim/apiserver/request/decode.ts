import { invalid } from '../errors/field';
import { badRequest, invalidObject } from '../errors/status';
import { isObject, objectAt, stringAt, textOf, type JsonObject } from '../object/json';
import { ordered, type Meta, type Obj } from '../object/object';
import { apiVersionOf } from '../registry/resource';
import { objectMeta } from '../schema/kinds/index';
import { at } from '../schema/path';
import { shape } from '../schema/shape';
import { validate } from '../schema/validate';
import type { Request } from './request';

export interface Decoded {
  readonly object: Obj;
  readonly warnings: readonly string[];
}

/** The body of a create or update as an object of the requested kind. */
export function decodeBody(request: Request): Decoded {
  const { body } = request;
  if (!isObject(body)) throw badRequest('the body of the request is not an object');
  return decode(request, identified(request, body));
}

/**
 * Prunes, fills in defaults and refuses what is not of the kind. Changes the object, which the caller must own.
 */
export function decode(request: Request, object: JsonObject): Decoded {
  const { type, version, options } = request;
  const unknown: string[] = [];
  checkMeta(object);
  shape(version.schema, object, {
    dropNulls: type.strategy.typed,
    onUnknown: (path) => unknown.push(`unknown field "${path}"`),
  });
  if (type.strategy.typed) refuseWrongTypes(request, object);
  if (unknown.length > 0 && options.fieldValidation === 'Strict') {
    throw badRequest(`${cannotBeHandled(request)}: strict decoding error: ${unknown.join(', ')}`);
  }
  const warnings = options.fieldValidation === 'Ignore' ? [] : unknown;
  return { object: tidied(ordered(object)), warnings };
}

const cannotBeHandled = ({ type, version }: Request): string =>
  `${type.kind} in version "${version.name}" cannot be handled as a ${type.kind}`;

/** Checks, and where a typed client left them out fills in, apiVersion and kind. */
export function identified(request: Request, object: JsonObject): JsonObject {
  const { type, version } = request;
  const apiVersion = apiVersionOf(type, version.name);
  const kind = textOf(object.kind ?? type.kind);
  const given = textOf(object.apiVersion ?? apiVersion);
  if (type.strategy.typed) {
    if (kind !== type.kind)
      throw badRequest(`${kind} in version "${version.name}" cannot be handled as a ${type.kind}`);
    if (given !== apiVersion) throw badRequest(versionMismatch(given, apiVersion));
  } else {
    if (object.kind === undefined) {
      const start = JSON.stringify(object).slice(0, 200);
      throw badRequest(`${cannotBeHandled(request)}: Object 'Kind' is missing in '${start}'`);
    }
    refuseOther(request, kind, given, apiVersion, object);
  }
  object.apiVersion = apiVersion;
  object.kind = type.kind;
  return object;
}

const versionMismatch = (given: string, expected: string): string =>
  `the API version in the data (${given}) does not match the expected API version (${expected})`;

/** A custom resource of another kind is an invalid object rather than a bad request. */
function refuseOther(request: Request, kind: string, given: string, apiVersion: string, object: JsonObject): void {
  const { type } = request;
  const errors = [
    ...(given === apiVersion ? [] : [invalid('apiVersion', given, `must be ${apiVersion}`)]),
    ...(kind === type.kind ? [] : [invalid('kind', kind, `must be ${type.kind}`)]),
  ];
  const name = stringAt(objectAt(object, 'metadata'), 'name') ?? '';
  if (errors.length > 0) throw invalidObject({ group: type.group, kind }, name, errors);
}

function checkMeta(object: JsonObject): void {
  if (object.metadata === undefined || object.metadata === null) object.metadata = {};
  if (!isObject(object.metadata)) throw badRequest('metadata: must be an object');
  for (const [key, value] of Object.entries(object.metadata)) if (value === null) delete object.metadata[key];
  const [error] = validate(objectMeta, object.metadata, at(undefined, 'metadata'));
  if (error) throw badRequest(`unable to decode the object: ${error.field}: ${error.body}`);
}

function refuseWrongTypes(request: Request, object: JsonObject): void {
  const wrong = validate(request.version.schema, object).filter(({ body }) => body.includes('in body must be of type'));
  if (wrong.length === 0) return;
  throw badRequest(`${cannotBeHandled(request)}: ${wrong.map(({ field, body }) => `${field}: ${body}`).join(', ')}`);
}

const containers = ['labels', 'annotations', 'finalizers', 'ownerReferences', 'managedFields'] as const;

/** Metadata as the API machinery writes it: nothing that is empty. */
function tidied(object: Obj): Obj {
  const meta: Meta = object.metadata;
  for (const name of containers) {
    const value = meta[name];
    if (value && Object.keys(value).length === 0) delete meta[name];
  }
  for (const name of ['uid', 'resourceVersion', 'namespace', 'generateName'] as const) {
    if (meta[name] === '') delete meta[name];
  }
  if (meta.generation === 0) delete meta.generation;
  delete (meta as JsonObject).selfLink;
  return object;
}
