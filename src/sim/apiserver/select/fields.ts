import { badRequest } from '../errors/status';
import type { Obj } from '../object/object';

/** What a field selector may name, and how the value is read. */
export type SelectableFields = Readonly<Record<string, (object: Obj) => string>>;

export interface FieldSelector {
  matches(object: Obj): boolean;
  /** The one name that can match, when the selector fixes it. */
  readonly name?: string;
  readonly namespace?: string;
}

interface Term {
  readonly field: string;
  readonly equal: boolean;
  readonly value: string;
}

/** Parses `a=b,c!=d`. `refuse` makes the error for a field the resource does not select by. */
export function parseFieldSelector(
  text: string,
  fields: SelectableFields,
  refuse: (field: string) => Error,
): FieldSelector {
  const terms = split(text).map(parseTerm);
  const tests = terms.map(({ field, equal, value }) => {
    const read = Object.hasOwn(fields, field) ? fields[field] : undefined;
    if (!read) throw refuse(field);
    return (object: Obj) => (read(object) === value) === equal;
  });
  const fixed = (field: string) => terms.find((term) => term.field === field && term.equal)?.value;
  return {
    matches: (object) => tests.every((test) => test(object)),
    name: fixed('metadata.name'),
    namespace: fixed('metadata.namespace'),
  };
}

/** Terms are separated by commas; a backslash takes the next character literally. */
function split(text: string): string[] {
  return (text.match(/(?:\\.|[^,\\])+/g) ?? []).map((term) => term.trim()).filter(Boolean);
}

function parseTerm(term: string): Term {
  const match = /^([^=!]+?)\s*(==|!=|=)\s*(.*)$/.exec(term);
  if (!match) throw badRequest(`invalid selector: '${term}'; can't understand '${term}'`);
  const [, field, operator, value] = match as unknown as [string, string, string, string];
  return { field: field.trim(), equal: operator !== '!=', value: value.replace(/\\(.)/g, '$1') };
}
