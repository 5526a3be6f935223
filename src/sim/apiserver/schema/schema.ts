import type { Json } from '../object/json';
import type { Rule } from './cel/rules';

export type ScalarType = 'string' | 'integer' | 'number' | 'boolean';

/**
 * The shape of a value, ready to walk. Custom resources get theirs from their CRD, built-in kinds from the
 * notation in schema/kinds. May be cyclic.
 */
export interface Schema {
  /** Unset: anything goes (or an integer or a string, see intOrString). */
  type?: 'object' | 'array' | ScalarType;
  intOrString?: boolean;
  nullable?: boolean;
  format?: string;
  default?: Json;

  /** Objects. */
  properties?: Map<string, Schema>;
  required?: readonly string[];
  /** Of every member that is not among the properties. */
  values?: Schema;
  /** Members that are not described are kept. */
  preserve?: boolean;
  /** apiVersion, kind and metadata are kept, whatever the properties say. */
  embedded?: boolean;
  /** Owned and replaced as a whole by server-side apply. */
  atomic?: boolean;

  /** Arrays. */
  items?: Schema;
  list?: 'atomic' | 'set' | 'map';
  /** What tells the items of a map list apart. */
  keys?: readonly string[];

  limits?: Limits;
  logic?: Logic;
  rules?: readonly Rule[];

  /** Strategic merge patch, where it differs from server-side apply. */
  mergeKey?: string;
  retainKeys?: boolean;

  /** For people, and for OpenAPI. */
  name?: string;
  description?: string;
}

export interface Limits {
  enum?: readonly Json[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: boolean;
  exclusiveMaximum?: boolean;
  multipleOf?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: RegExp;
  patternText?: string;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  minProperties?: number;
  maxProperties?: number;
}

/** Schemas that only judge: they neither describe structure nor keep fields. */
export interface Logic {
  allOf?: readonly Schema[];
  anyOf?: readonly Schema[];
  oneOf?: readonly Schema[];
  not?: Schema;
}

/** A value of which nothing is known: objects are owned field by field, arrays as a whole. */
export const anything: Schema = { preserve: true };

/** The schema of one member of an object; undefined when nothing describes it. */
export function member(schema: Schema, key: string): Schema | undefined {
  return schema.properties?.get(key) ?? schema.values ?? (schema.preserve ? anything : undefined);
}
