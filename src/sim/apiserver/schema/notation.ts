import type { Json } from '../object/json';
import type { Schema } from './schema';

/**
 * Built-in types are written down in lines such as
 *
 *     package io.k8s.api.core.v1
 *     Container
 *       name!: string
 *       image workingDir: string
 *       command args: [string]
 *       env: [EnvVar] by name
 *       ports: [ContainerPort] by containerPort,protocol merge containerPort
 *       imagePullPolicy: string(Always|IfNotPresent|Never)
 *       limits: {quantity}
 *       terminationMessagePath: string = /dev/termination-log
 *
 * `!` marks a required field, `[T]` a list, `{T}` a map, `T(a|b)` the allowed values, `= v` the default
 * (JSON, or bare text). A type's own line may end in `atomic`. Lists are atomic unless `by` names their keys or `set` is said; `merge` names the key
 * that strategic merge patches use where it differs. `atomic` and `retain` (retainKeys) stand at the end.
 */
export type TypeTable = ReadonlyMap<string, Schema>;

const scalars: Record<string, Schema> = {
  string: { type: 'string' },
  boolean: { type: 'boolean' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  number: { type: 'number' },
  time: { type: 'string', format: 'date-time', nullable: true },
  microtime: { type: 'string', format: 'micro-time', nullable: true },
  bytes: { type: 'string', format: 'byte' },
  quantity: { format: 'quantity' },
  intstr: { intOrString: true },
  any: { preserve: true },
};

/** Parses texts of the notation into types by their full name. Throws on a type that is nowhere described. */
export function parseTypes(...texts: string[]): TypeTable {
  const types = new Map<string, Schema>();
  const fields: { owner: Schema; pkg: string; line: string }[] = [];
  for (const text of texts) {
    let pkg = '';
    let owner: Schema | undefined;
    for (const line of text.split('\n')) {
      if (line.trim() === '' || line.trim().startsWith('#')) continue;
      if (line.startsWith('package ')) pkg = line.slice('package '.length).trim();
      else if (!line.startsWith(' ')) types.set((owner = newType(pkg, line)).name!, owner);
      else fields.push({ owner: owner!, pkg, line: line.trim() });
    }
  }
  const resolve = (pkg: string, name: string): Schema => {
    const found = types.get(`${pkg}.${name}`) ?? [...types].find(([full]) => full.endsWith(`.${name}`))?.[1];
    if (!found) throw new Error(`type ${name} is used in ${pkg} but described nowhere`);
    return found;
  };
  for (const { owner, pkg, line } of fields) addFields(owner, line, (name) => resolve(pkg, name));
  return types;
}

function newType(pkg: string, header: string): Schema {
  const [name, flag] = header.trim().split(' ');
  const type: Schema = { type: 'object', name: `${pkg}.${name}`, properties: new Map(), required: [] };
  return flag === 'atomic' ? { ...type, atomic: true } : type;
}

const fieldLine = /^([^:]+): *([[{]?)([A-Za-z0-9]+)(?:\(([^)]*)\))?[\]}]?(.*)$/;

function addFields(owner: Schema, line: string, resolve: (name: string) => Schema): void {
  const match = fieldLine.exec(line);
  if (!match) throw new Error(`cannot read "${line}" of ${owner.name}`);
  const [, names, bracket, typeName, values, rest] = match as unknown as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const element = withEnum(scalars[typeName] ?? resolve(typeName), values);
  const schema = qualify(contain(bracket, element), rest);
  for (const marked of names.trim().split(/\s+/)) {
    const name = marked.replace(/!$/, '');
    owner.properties!.set(name, schema);
    if (name !== marked) (owner.required as string[]).push(name);
  }
}

function withEnum(schema: Schema, values: string | undefined): Schema {
  return values === undefined ? schema : { ...schema, limits: { enum: values.split('|') } };
}

function contain(bracket: string, element: Schema): Schema {
  if (bracket === '[') return { type: 'array', items: element, list: 'atomic' };
  if (bracket === '{') return { type: 'object', values: element };
  return element;
}

function qualify(schema: Schema, rest: string): Schema {
  const [options = '', fallback] = rest.split(/\s=\s/);
  const words = options.trim().split(/\s+/).filter(Boolean);
  if (words.length === 0 && fallback === undefined) return schema;
  const qualified: Schema = { ...schema };
  for (let word = words.shift(); word; word = words.shift()) {
    if (word === 'by') Object.assign(qualified, { list: 'map', keys: words.shift()!.split(',') });
    else if (word === 'merge') qualified.mergeKey = words.shift();
    else if (word === 'set') qualified.list = 'set';
    else if (word === 'atomic') qualified.atomic = true;
    else if (word === 'retain') qualified.retainKeys = true;
    else throw new Error(`unknown word "${word}" in "${rest}"`);
  }
  if (fallback !== undefined) qualified.default = literal(fallback.trim());
  return qualified;
}

function literal(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
