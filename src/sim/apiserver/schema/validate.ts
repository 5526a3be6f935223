import { duplicate, invalid, required, tooLong, tooMany, unsupported, type FieldError } from '../errors/field';
import { deepEqual, isObject, type Json, type JsonObject } from '../object/json';
import { fitsFormat, matchesFormat } from './formats';
import { at, render, type Path } from './path';
import { duplicates } from './lists';
import { member, type Limits, type Logic, type Schema } from './schema';

/** What is wrong with a value, in the words of the real server. */
export function validate(schema: Schema, value: Json, root?: Path): FieldError[] {
  const errors: FieldError[] = [];
  check(schema, value, root, errors);
  return errors;
}

function check(schema: Schema, value: Json, path: Path, errors: FieldError[]): void {
  if (value === null && schema.nullable) return;
  if (!hasType(schema, value)) {
    errors.push(wrongType(schema, value, path));
    return;
  }
  if (Array.isArray(value)) checkArray(schema, value, path, errors);
  else if (isObject(value)) checkObject(schema, value, path, errors);
  else if (schema.format) checkFormat(schema.format, value, path, errors);
  if (schema.limits) checkLimits(schema.limits, value, path, errors);
  if (schema.logic) checkLogic(schema.logic, value, path, errors);
}

function hasType(schema: Schema, value: Json): boolean {
  if (schema.intOrString) return typeof value === 'string' || Number.isInteger(value);
  switch (schema.type) {
    case undefined:
      return true;
    case 'object':
      return isObject(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return typeof value === 'number';
    case 'string':
    case 'boolean':
      return typeof value === schema.type;
  }
}

function wrongType(schema: Schema, value: Json, path: Path): FieldError {
  const field = render(path);
  const wanted = schema.intOrString ? 'integer,string' : (schema.type ?? 'object');
  const found = typeName(value);
  return invalid(field, found, `${field} in body must be of type ${wanted}: "${found}"`);
}

function typeName(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function checkObject(schema: Schema, object: JsonObject, path: Path, errors: FieldError[]): void {
  if (schema.required) {
    for (const name of schema.required) {
      if (object[name] === undefined) errors.push(required(render(at(path, name))));
    }
  }
  if (!schema.properties && !schema.values) return;
  for (const key in object) {
    const value = object[key];
    const described = member(schema, key);
    if (described && value !== undefined) check(described, value, at(path, key), errors);
  }
}

function checkArray(schema: Schema, list: Json[], path: Path, errors: FieldError[]): void {
  if (schema.items) {
    for (let i = 0; i < list.length; i++) check(schema.items, list[i]!, at(path, i), errors);
  }
  if (schema.list === 'set' || schema.list === 'map') {
    for (const [index, what] of duplicates(schema, list)) errors.push(duplicate(render(at(path, index)), what));
  }
}

function checkFormat(format: string, value: Json, path: Path, errors: FieldError[]): void {
  if (typeof value === 'string' && !matchesFormat(format, value)) {
    const field = render(path);
    errors.push(invalid(field, value, `${field} in body must be of type ${format}: ${JSON.stringify(value)}`));
  }
  if (typeof value === 'number' && !fitsFormat(format, value)) {
    const field = render(path);
    errors.push(invalid(field, value, `${field} in body must be of type ${format}: "${value}"`));
  }
}

function checkLimits(limits: Limits, value: Json, path: Path, errors: FieldError[]): void {
  if (limits.enum && !limits.enum.some((allowed) => deepEqual(allowed, value))) {
    errors.push(unsupported(render(path), value, limits.enum));
  }
  if (typeof value === 'number') checkNumber(limits, value, path, errors);
  else if (typeof value === 'string') checkString(limits, value, path, errors);
  else if (Array.isArray(value)) checkItems(limits, value, path, errors);
  else if (isObject(value)) checkMembers(limits, value, path, errors);
}

function checkNumber(limits: Limits, value: number, path: Path, errors: FieldError[]): void {
  const say = (what: string) => {
    const field = render(path);
    errors.push(invalid(field, value, `${field} in body should be ${what}`));
  };
  const { minimum, maximum, multipleOf } = limits;
  if (minimum !== undefined && (limits.exclusiveMinimum ? value <= minimum : value < minimum))
    say(limits.exclusiveMinimum ? `greater than ${minimum}` : `greater than or equal to ${minimum}`);
  if (maximum !== undefined && (limits.exclusiveMaximum ? value >= maximum : value > maximum))
    say(limits.exclusiveMaximum ? `less than ${maximum}` : `less than or equal to ${maximum}`);
  if (multipleOf !== undefined && !Number.isInteger(value / multipleOf)) say(`a multiple of ${multipleOf}`);
}

function checkString(limits: Limits, value: string, path: Path, errors: FieldError[]): void {
  const { minLength, maxLength, pattern } = limits;
  if (maxLength !== undefined && value.length > maxLength && [...value].length > maxLength)
    errors.push(tooLong(render(path), maxLength));
  if (minLength !== undefined && [...value].length < minLength) {
    const field = render(path);
    errors.push(invalid(field, value, `${field} in body should be at least ${minLength} chars long`));
  }
  if (pattern && !pattern.test(value)) {
    const field = render(path);
    errors.push(invalid(field, value, `${field} in body should match '${limits.patternText}'`));
  }
}

function checkItems(limits: Limits, list: Json[], path: Path, errors: FieldError[]): void {
  const { minItems, maxItems } = limits;
  if (maxItems !== undefined && list.length > maxItems) errors.push(tooMany(render(path), list.length, maxItems));
  if (minItems !== undefined && list.length < minItems) {
    const field = render(path);
    errors.push(invalid(field, list.length, `${field} in body should have at least ${minItems} items`));
  }
  if (limits.uniqueItems) {
    const repeated = list.findIndex((item, i) => list.slice(0, i).some((earlier) => deepEqual(earlier, item)));
    if (repeated >= 0) errors.push(duplicate(render(at(path, repeated)), list[repeated]!));
  }
}

function checkMembers(limits: Limits, object: JsonObject, path: Path, errors: FieldError[]): void {
  const count = Object.keys(object).length;
  const { minProperties, maxProperties } = limits;
  if (maxProperties !== undefined && count > maxProperties) errors.push(tooMany(render(path), count, maxProperties));
  if (minProperties !== undefined && count < minProperties) {
    const field = render(path);
    errors.push(invalid(field, count, `${field} in body should have at least ${minProperties} properties`));
  }
}

function checkLogic(logic: Logic, value: Json, path: Path, errors: FieldError[]): void {
  const passes = (schema: Schema): boolean => validate(schema, value, path).length === 0;
  const fail = (what: string) => {
    const field = render(path);
    errors.push(invalid(field, value, `${field || 'value'} in body ${what}`));
  };
  for (const schema of logic.allOf ?? []) check(schema, value, path, errors);
  if (logic.anyOf && !logic.anyOf.some(passes)) fail('must validate at least one schema (anyOf)');
  if (logic.oneOf && logic.oneOf.filter(passes).length !== 1) fail('must validate one and only one schema (oneOf)');
  if (logic.not && passes(logic.not)) fail('must not validate the schema (not)');
}
