import type { Json } from '../object/json';

/** One violation, as the causes of an Invalid status list them. */
export interface FieldError {
  readonly reason: FieldReason;
  /** `spec.placement[2].nodeName` */
  readonly field: string;
  /** Without the field: `Required value: must be set`. */
  readonly body: string;
}

export type FieldReason =
  | 'FieldValueRequired'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueDuplicate'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueNotFound';

const withDetail = (text: string, detail: string): string => (detail ? `${text}: ${detail}` : text);

export const required = (field: string, detail = ''): FieldError => ({
  reason: 'FieldValueRequired',
  field,
  body: withDetail('Required value', detail),
});

export const invalid = (field: string, value: Json | undefined, detail: string): FieldError => ({
  reason: 'FieldValueInvalid',
  field,
  body: withDetail(`Invalid value: ${render(value)}`, detail),
});

export const forbidden = (field: string, detail: string): FieldError => ({
  reason: 'FieldValueForbidden',
  field,
  body: withDetail('Forbidden', detail),
});

export const duplicate = (field: string, value: Json): FieldError => ({
  reason: 'FieldValueDuplicate',
  field,
  body: `Duplicate value: ${render(value)}`,
});

export const unsupported = (field: string, value: Json | undefined, allowed: readonly Json[]): FieldError => ({
  reason: 'FieldValueNotSupported',
  field,
  body: `Unsupported value: ${render(value)}: supported values: ${allowed.map((v) => JSON.stringify(typeof v === 'string' ? v : JSON.stringify(v))).join(', ')}`,
});

export const tooLong = (field: string, max: number): FieldError => ({
  reason: 'FieldValueTooLong',
  field,
  body: `Too long: may not be more than ${max} bytes`,
});

export const tooMany = (field: string, actual: number, max: number): FieldError => ({
  reason: 'FieldValueTooMany',
  field,
  body: `Too many: ${actual}: must have at most ${max} items`,
});

/** Numbers and booleans bare, everything else as JSON. */
function render(value: Json | undefined): string {
  return value === undefined ? 'null' : JSON.stringify(value);
}
