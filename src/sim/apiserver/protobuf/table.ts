import { coreFields } from './core-fields';
import { groupFields } from './group-fields';
import { podFields } from './pod-fields';

/** One field of a message. */
export interface Field {
  readonly name: string;
  readonly kind: 'string' | 'integer' | 'boolean' | 'bytes' | 'message';
  /** For messages. */
  readonly type: string;
  readonly repeated: boolean;
  /** A map from strings to this. */
  readonly map: boolean;
  /** The message's fields stand in the object itself. */
  readonly inline: boolean;
}

export interface Message {
  /** The package its types are looked up in first. */
  readonly pkg: string;
  readonly fields: ReadonlyMap<number, Field>;
}

/**
 * The messages of Kubernetes' protobuf encoding, by their full name. The texts list fields in the order of
 * their numbers, from 1 (`@7` goes on with 7): `name` is a string, `name#` an integer, `name?` a boolean,
 * `name$` bytes, `name:Type` a message; `name*`, `name*Type` are repeated, `name%`, `name%Type` maps; `^name`
 * is inlined in JSON.
 */
export function messages(): ReadonlyMap<string, Message> {
  return (table ??= parse(podFields, coreFields, groupFields));
}
let table: ReadonlyMap<string, Message> | undefined;

/** A type by the name used in a message of `pkg`. */
export function resolve(pkg: string, type: string): Message | undefined {
  const all = messages();
  const shared = 'io.k8s.apimachinery.pkg.apis.meta.v1';
  return all.get(`${pkg}.${type}`) ?? all.get(`io.k8s.api.core.v1.${type}`) ?? all.get(`${shared}.${type}`);
}

function parse(...texts: string[]): Map<string, Message> {
  const found = new Map<string, Message>();
  for (const text of texts) {
    let pkg = '';
    for (const line of text.replaceAll('\n  ', ' ').split('\n')) {
      const [name, fields] = line.split(' = ');
      if (line.startsWith('package ')) pkg = line.slice('package '.length);
      else if (fields !== undefined) found.set(`${pkg}.${name}`, { pkg, fields: parseFields(fields) });
    }
  }
  return found;
}

function parseFields(text: string): Map<number, Field> {
  const fields = new Map<number, Field>();
  let number = 1;
  for (const token of text.split(' ').filter(Boolean)) {
    if (token.startsWith('@')) number = Number(token.slice(1));
    else fields.set(number++, parseField(token));
  }
  return fields;
}

const kinds: Record<string, Field['kind']> = { '#': 'integer', '?': 'boolean', $: 'bytes' };

function parseField(token: string): Field {
  const match = /^(\^?)([A-Za-z0-9]+)([%*:]?)([#?$]?)(\*?)([A-Za-z0-9]*)$/.exec(token);
  if (!match) throw new Error(`cannot read the field ${token}`);
  const [, inline, name, sign, scalar, star, type] = match as unknown as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  return {
    name,
    kind: type ? 'message' : (kinds[scalar] ?? 'string'),
    type,
    repeated: sign === '*' || star === '*',
    map: sign === '%',
    inline: inline === '^',
  };
}
