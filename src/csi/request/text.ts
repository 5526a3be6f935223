import { invalid } from '../status';

/** Text from outside as it may appear in a message: quoted, escaped, and not longer than a line. */
export function quote(text: string): string {
  return JSON.stringify(text.length <= 80 ? text : `${text.slice(0, 77)}...`);
}

// C0 and C1 controls, DEL, and the line separators that JSON and terminals disagree about.
// eslint-disable-next-line no-control-regex
const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

export const hasControl = (text: string): boolean => control.test(text);

/** The field's value; INVALID_ARGUMENT when it is empty. `field` is its name on the wire. */
export function required<T>(field: string, value: T | undefined): T {
  if (value === undefined || value === '') throw invalid(`${field} is missing`);
  return value;
}
