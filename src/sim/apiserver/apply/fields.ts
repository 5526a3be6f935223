import { listAt, type Json, type JsonObject } from '../object/json';

/**
 * A set of field paths in the form managedFields has (FieldsV1): `f:name` for a field, `k:{...}` for an item
 * of a map list, `v:...` for an item of a set. A path is a member when its node is empty or holds `.`; the
 * root never is. Nodes are shared: never change one that was handed in or returned.
 */
export type Fields = { [element: string]: Fields };

export const noFields: Fields = Object.freeze({});

export const isEmpty = (fields: Fields): boolean => {
  for (const _ in fields) return false;
  return true;
};

const isMember = (node: Fields | undefined): boolean => node !== undefined && (isEmpty(node) || '.' in node);

/** The node for a path that is a member (or not) and has these children; undefined when it is nothing. */
function node(member: boolean, children: Fields): Fields | undefined {
  if (!member) return isEmpty(children) ? undefined : children;
  return isEmpty(children) ? noFields : { '.': noFields, ...children };
}

/** The same node as a member of its parent. */
export const asMember = (fields: Fields): Fields => (isMember(fields) ? fields : { '.': noFields, ...fields });

type Combine = (a: boolean, b: boolean) => boolean;

/** Decides path by path; `only` says whether what a alone, or b alone, has can be in the result at all. */
function combine(a: Fields, b: Fields, keep: Combine): Fields {
  if (a === b && keep(true, true)) return a;
  const result: Fields = {};
  const add = (element: string, left: Fields | undefined, right: Fields | undefined): void => {
    const children = combine(left ?? noFields, right ?? noFields, keep);
    const made = node(keep(isMember(left), isMember(right)), children);
    if (made) result[element] = made;
  };
  for (const element in a) if (element !== '.') add(element, a[element], b[element]);
  for (const element in b) if (element !== '.' && !(element in a)) add(element, undefined, b[element]);
  return result;
}

export const union = (a: Fields, b: Fields): Fields =>
  isEmpty(a) ? b : isEmpty(b) ? a : combine(a, b, (inA, inB) => inA || inB);

/** Members of a that are not members of b. What lies below a member of b stays. */
export const difference = (a: Fields, b: Fields): Fields =>
  isEmpty(a) || isEmpty(b) ? a : combine(a, b, (inA, inB) => inA && !inB);

export const intersection = (a: Fields, b: Fields): Fields =>
  isEmpty(a) || isEmpty(b) ? noFields : combine(a, b, (inA, inB) => inA && inB);

/** Members of a that are neither members of b nor below one. */
export function without(a: Fields, b: Fields): Fields {
  const result: Fields = {};
  for (const element in a) {
    const cut = b[element];
    if (element === '.') result['.'] = noFields;
    else if (!cut) result[element] = a[element]!;
    else if (!isMember(cut)) {
      const made = node(isMember(a[element]), without(a[element]!, cut));
      if (made) result[element] = made;
    }
  }
  return result;
}

export const sameFields = (a: Fields, b: Fields): boolean =>
  a === b || (isEmpty(difference(a, b)) && isEmpty(difference(b, a)));

/** Every member that has no member below it, as people read paths: `.spec.ports[name="http"].port`. */
export function leaves(fields: Fields, prefix = ''): string[] {
  const here: string[] = [];
  const deeper: string[] = [];
  for (const element of Object.keys(fields).sort()) {
    if (element === '.') continue;
    const path = prefix + readable(element);
    const below = leaves(fields[element]!, path);
    if (below.length > 0) deeper.push(...below);
    else here.push(path);
  }
  return [...here, ...deeper];
}

function readable(element: string): string {
  const text = element.slice(2);
  if (element.startsWith('f:')) return `.${text}`;
  if (element.startsWith('v:')) return `[=${text}]`;
  if (!element.startsWith('k:')) return `[${text}]`;
  const key = JSON.parse(text) as JsonObject;
  return `[${Object.entries(key)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(',')}]`;
}

/** The set of these dotted paths, for what never depends on input. */
export function paths(...dotted: string[]): Fields {
  return dotted.reduce<Fields>((all, path) => {
    const one = path.split('.').reduceRight<Fields>((inner, name) => ({ [`f:${name}`]: inner }), noFields);
    return union(all, one);
  }, noFields);
}

/** Whether a value from outside has the form of a set; anything else is refused before it gets here. */
export function isFields(value: Json | undefined): value is JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.entries(value).every(([element, child]) => isElement(element) && isFields(child));
}

function isElement(element: string): boolean {
  if (element === '.' || element.startsWith('f:')) return true;
  if (!/^[kvi]:/.test(element)) return false;
  try {
    const value = JSON.parse(element.slice(2)) as Json;
    return (
      !element.startsWith('k:') || (typeof value === 'object' && value !== null && !listAt({ value }, 'value').length)
    );
  } catch {
    return false;
  }
}
