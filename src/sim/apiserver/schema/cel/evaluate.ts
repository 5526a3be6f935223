import { render as renderPath, at, type Path } from '../path';
import type { FieldError, FieldReason } from '../../errors/field';
import { isObject, type Json, type JsonObject } from '../../object/json';
import { itemIdentity } from '../lists';
import { member, type Schema } from '../schema';
import { Optional } from './environment';
import type { Rule } from './rules';
import { celName, celValue } from './values';

/** A value with what it was before, where that is known. */
interface Pair {
  readonly value: Json;
  readonly old: Json | undefined;
  /** Made at the first schema with rules on the way down, and shared from there. */
  readonly self?: unknown;
  readonly oldSelf?: unknown;
}

/**
 * Judges a value that is valid otherwise by the rules (x-kubernetes-validations) of its schema.
 * Items of a map list are compared with the former item of the same key; items of other lists have no past.
 */
export function checkRules(schema: Schema, value: Json, old?: Json): FieldError[] {
  const errors: FieldError[] = [];
  if (hasRules(schema)) walk(schema, { value, old }, undefined, errors);
  return errors;
}

const known = new WeakMap<Schema, boolean>();

function hasRules(schema: Schema): boolean {
  const before = known.get(schema);
  if (before !== undefined) return before;
  // Set first: a schema that contains itself has rules only if some other part has.
  known.set(schema, false);
  const parts = [...(schema.properties?.values() ?? []), schema.values, schema.items];
  const found = schema.rules !== undefined || parts.some((part) => part !== undefined && hasRules(part));
  known.set(schema, found);
  return found;
}

function walk(schema: Schema, pair: Pair, path: Path, errors: FieldError[]): void {
  const { value } = pair;
  if (value === null) return;
  const seen = schema.rules ? withSelf(schema, pair) : pair;
  for (const rule of schema.rules ?? []) {
    const error = judge(rule, seen, path, schema);
    if (error) errors.push(error);
  }
  if (Array.isArray(value)) walkItems(schema, seen, value, path, errors);
  else if (isObject(value)) walkMembers(schema, seen, value, path, errors);
}

function withSelf(schema: Schema, pair: Pair): Pair {
  if (pair.self !== undefined) return pair;
  const { old } = pair;
  return {
    ...pair,
    self: celValue(schema, pair.value),
    oldSelf: old === undefined || old === null ? undefined : celValue(schema, old),
  };
}

function walkMembers(schema: Schema, pair: Pair, object: JsonObject, path: Path, errors: FieldError[]): void {
  for (const key in object) {
    const part = member(schema, key);
    const value = object[key];
    if (!part || value === undefined || !hasRules(part)) continue;
    const name = schema.properties?.has(key) ? celName(key) : key;
    const old = isObject(pair.old) ? pair.old[key] : undefined;
    walk(part, { value, old, self: under(pair.self, name), oldSelf: under(pair.oldSelf, name) }, at(path, key), errors);
  }
}

function walkItems(schema: Schema, pair: Pair, list: Json[], path: Path, errors: FieldError[]): void {
  const { items } = schema;
  if (!items || !hasRules(items)) return;
  const former = new Map<string, Json>();
  if (schema.list === 'map' && Array.isArray(pair.old)) {
    for (const item of pair.old) former.set(itemIdentity(schema, item), item);
  }
  list.forEach((value, i) => {
    const old = former.size > 0 ? former.get(itemIdentity(schema, value)) : undefined;
    walk(items, { value, old }, at(path, i), errors);
  });
}

const under = (self: unknown, name: string): unknown =>
  typeof self === 'object' && self !== null ? (self as Record<string, unknown>)[name] : undefined;

function judge(rule: Rule, pair: Pair, path: Path, schema: Schema): FieldError | undefined {
  const { self, oldSelf } = pair;
  if (rule.transition && oldSelf === undefined && !rule.optionalOldSelf) return undefined;
  const context = { self, oldSelf: rule.optionalOldSelf ? optional(oldSelf) : oldSelf };
  try {
    if (rule.program(context) === true) return undefined;
    return violation(rule, path, schema, messageOf(rule, context));
  } catch (error) {
    const why = (error as { summary?: string }).summary ?? String(error);
    return violation(rule, path, schema, `${why} evaluating rule: ${rule.message ?? rule.text}`);
  }
}

const optional = (value: unknown): unknown => (value === undefined ? Optional.none() : Optional.of(value));

function messageOf(rule: Rule, context: { self: unknown; oldSelf?: unknown }): string {
  if (rule.messageProgram) {
    try {
      const text = rule.messageProgram(context);
      if (typeof text === 'string' && text.trim() !== '') return text.trim();
    } catch {
      // An expression that fails gives way to the fixed message.
    }
  }
  return rule.message ?? `failed rule: ${rule.text.trim()}`;
}

function violation(rule: Rule, path: Path, schema: Schema, message: string): FieldError {
  const field = renderPath(path) + (rule.fieldPath ?? '');
  const reason = (rule.reason ?? 'FieldValueInvalid') as FieldReason;
  const heading: Partial<Record<FieldReason, string>> = {
    FieldValueRequired: 'Required value',
    FieldValueForbidden: 'Forbidden',
    FieldValueDuplicate: `Duplicate value: "${schema.type}"`,
  };
  return {
    reason,
    field: field.startsWith('.') ? field.slice(1) : field,
    body: `${heading[reason] ?? `Invalid value: "${schema.type ?? 'object'}"`}: ${message}`,
  };
}
