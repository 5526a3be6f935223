import { isObject, listAt, numberAt, stringAt, type Json, type JsonObject } from '../object/json';
import { compileRules } from './cel/rules';
import { objectMeta } from './kinds/index';
import type { Limits, Logic, ScalarType, Schema } from './schema';

/**
 * The schema of a custom resource from its CRD's openAPIV3Schema. Assumes a schema that registry/crd/check.ts
 * accepted. apiVersion, kind and metadata are the API machinery's, whatever the CRD says about them.
 */
export function structuralSchema(root: JsonObject | undefined): Schema {
  const schema: Schema = root ? fromJsonSchema(root) : { type: 'object', preserve: true };
  const properties = new Map(schema.properties);
  properties.set('apiVersion', { type: 'string' }).set('kind', { type: 'string' }).set('metadata', objectMeta);
  return { ...schema, type: 'object', properties };
}

export function fromJsonSchema(json: JsonObject): Schema {
  const schema: Schema = {};
  const type = stringAt(json, 'type');
  if (type) schema.type = type as 'object' | 'array' | ScalarType;
  if (json['x-kubernetes-int-or-string'] === true) schema.intOrString = true;
  if (json['x-kubernetes-preserve-unknown-fields'] === true) schema.preserve = true;
  if (json['x-kubernetes-embedded-resource'] === true) schema.embedded = true;
  if (json['x-kubernetes-map-type'] === 'atomic') schema.atomic = true;
  if (json.nullable === true) schema.nullable = true;
  if (json.default !== undefined) schema.default = json.default;
  const format = stringAt(json, 'format');
  if (format) schema.format = format;
  const description = stringAt(json, 'description');
  if (description) schema.description = description;
  addObject(schema, json);
  addArray(schema, json);
  const limits = limitsOf(json);
  if (limits) schema.limits = limits;
  const logic = logicOf(json);
  if (logic) schema.logic = logic;
  const rules = listAt(json, 'x-kubernetes-validations').filter(isObject);
  if (rules.length > 0) schema.rules = compileRules(rules);
  return schema;
}

function addObject(schema: Schema, json: JsonObject): void {
  if (isObject(json.properties)) {
    schema.properties = new Map(
      Object.entries(json.properties).map(([name, property]) => [name, fromJsonSchema(property as JsonObject)]),
    );
  }
  if (isObject(json.additionalProperties)) schema.values = fromJsonSchema(json.additionalProperties);
  else if (json.additionalProperties === true) schema.preserve = true;
  const required = listAt(json, 'required') as string[];
  if (required.length > 0) schema.required = required;
}

function addArray(schema: Schema, json: JsonObject): void {
  if (isObject(json.items)) schema.items = fromJsonSchema(json.items);
  if (json.type !== 'array') return;
  schema.list = (stringAt(json, 'x-kubernetes-list-type') ?? 'atomic') as Schema['list'];
  const keys = listAt(json, 'x-kubernetes-list-map-keys') as string[];
  if (keys.length > 0) schema.keys = keys;
}

const numericLimits = [
  'minimum',
  'maximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
] as const;
const flagLimits = ['exclusiveMinimum', 'exclusiveMaximum', 'uniqueItems'] as const;

function limitsOf(json: JsonObject): Limits | undefined {
  const limits: Limits = {};
  for (const name of numericLimits) {
    const value = numberAt(json, name);
    if (value !== undefined) limits[name] = value;
  }
  for (const name of flagLimits) if (json[name] === true) limits[name] = true;
  if (Array.isArray(json.enum)) limits.enum = json.enum;
  const pattern = stringAt(json, 'pattern');
  if (pattern !== undefined) Object.assign(limits, { pattern: toRegExp(pattern), patternText: pattern });
  return Object.keys(limits).length > 0 ? limits : undefined;
}

/** Patterns are written for RE2; what it shares with JavaScript covers what CRDs use. */
export function toRegExp(pattern: string): RegExp {
  try {
    return new RegExp(pattern, 'u');
  } catch {
    // Escapes such as \- are fine in RE2 but not in a unicode expression.
    return new RegExp(pattern);
  }
}

function logicOf(json: JsonObject): Logic | undefined {
  const logic: Logic = {};
  for (const name of ['allOf', 'anyOf', 'oneOf'] as const) {
    const members = listAt(json, name).filter((member: Json): member is JsonObject => isObject(member));
    if (members.length > 0) Object.assign(logic, { [name]: members.map(fromJsonSchema) });
  }
  if (isObject(json.not)) logic.not = fromJsonSchema(json.not);
  return Object.keys(logic).length > 0 ? logic : undefined;
}
