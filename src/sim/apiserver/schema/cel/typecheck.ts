import type { Environment } from '@marcbachmann/cel-js';
import { invalid, type FieldError } from '../../errors/field';
import type { Schema } from '../schema';
import { newEnvironment } from './environment';
import { celName } from './values';

/**
 * Type errors in the rules of a schema: fields that do not exist, comparisons that cannot be made, rules that
 * are not true or false.
 */
export function checkRuleTypes(schema: Schema, field: string): FieldError[] {
  const errors: FieldError[] = [];
  walk(schema, field, errors);
  return errors;
}

function walk(schema: Schema, field: string, errors: FieldError[]): void {
  (schema.rules ?? []).forEach((rule, i) => {
    const problem = checkRule(schema, rule.text, rule.optionalOldSelf);
    if (problem)
      errors.push(invalid(`${field}.x-kubernetes-validations[${i}].rule`, rule.text, `compilation failed: ${problem}`));
  });
  for (const [name, property] of schema.properties ?? []) walk(property, `${field}.properties[${name}]`, errors);
  if (schema.values) walk(schema.values, `${field}.additionalProperties`, errors);
  if (schema.items) walk(schema.items, `${field}.items`, errors);
}

function checkRule(schema: Schema, text: string, optionalOldSelf: boolean): string | undefined {
  const types = new Types(newEnvironment());
  const self = types.of(schema);
  const environment = types.environment
    .registerVariable('self', self)
    .registerVariable('oldSelf', optionalOldSelf ? `optional<${self}>` : self);
  const { valid, type, error } = environment.check(text);
  if (!valid) return error?.summary ?? 'the rule cannot be compiled';
  return type === 'bool' || type === 'dyn' ? undefined : `cel expression must evaluate to a bool, but is ${type}`;
}

/** Declares a type per object schema, named by the order of their appearance. */
class Types {
  #count = 0;

  constructor(readonly environment: Environment) {}

  of(schema: Schema): string {
    if (schema.intOrString) return 'dyn';
    switch (schema.type) {
      case 'string':
        return schema.format === 'date-time' || schema.format === 'date' ? 'google.protobuf.Timestamp' : 'string';
      case 'integer':
        return 'int';
      case 'number':
        return 'double';
      case 'boolean':
        return 'bool';
      case 'array':
        return `list<${schema.items ? this.of(schema.items) : 'dyn'}>`;
      case 'object':
        return this.#object(schema);
      case undefined:
        return 'dyn';
    }
  }

  #object(schema: Schema): string {
    if (schema.preserve) return 'dyn';
    if (!schema.properties) return `map<string, ${schema.values ? this.of(schema.values) : 'dyn'}>`;
    const fields: Record<string, string> = {};
    for (const [name, property] of schema.properties) fields[celName(name)] = this.of(property);
    const name = `Object${this.#count++}`;
    this.environment.registerType(name, { ctor: class {}, fields });
    return name;
  }
}
