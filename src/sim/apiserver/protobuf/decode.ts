import { badRequest } from '../errors/status';
import type { Json, JsonObject } from '../object/json';
import { parseApiVersion } from '../object/object';
import { Reader } from './reader';
import { resolve, type Field, type Message } from './table';
import { specialTypes } from './values';

/** Every protobuf body starts with this. */
const magic = Buffer.from('k8s\0');

/**
 * A request body in Kubernetes' protobuf encoding, as Go clients send it, as the JSON object it stands for.
 * Throws BadRequest for what cannot be read, and for kinds whose encoding is not known here.
 */
export function decodeProtobuf(body: Buffer): JsonObject {
  if (!body.subarray(0, magic.length).equals(magic)) throw badRequest('the body is not in the protobuf encoding');
  try {
    const { apiVersion, kind, raw } = envelope(body.subarray(magic.length));
    const message = messageOf(apiVersion, kind);
    if (!message)
      throw badRequest(`${kind} of ${apiVersion} cannot be decoded from protobuf by this server: send JSON`);
    return { apiVersion, kind, ...decodeMessage(message, raw) };
  } catch (error) {
    if (error instanceof RangeError) throw badRequest(`the body cannot be decoded: ${error.message}`);
    throw error;
  }
}

/** runtime.Unknown: {typeMeta: {apiVersion, kind}, raw}. */
function envelope(bytes: Buffer): { apiVersion: string; kind: string; raw: Buffer } {
  const found = { apiVersion: '', kind: '', raw: Buffer.alloc(0) as Buffer };
  for (const reader = new Reader(bytes); !reader.done;) {
    const { field, wire } = reader.tag();
    if (field === 1 && wire === 2) {
      for (const meta = new Reader(reader.chunk()); !meta.done;) {
        const inner = meta.tag();
        const text = meta.chunk().toString('utf8');
        if (inner.field === 1) found.apiVersion = text;
        if (inner.field === 2) found.kind = text;
      }
    } else if (field === 2 && wire === 2) found.raw = reader.chunk();
    else reader.skip(wire);
  }
  return found;
}

function messageOf(apiVersion: string, kind: string): Message | undefined {
  const { group, version } = parseApiVersion(apiVersion);
  // rbac.authorization.k8s.io is the package rbac, coordination.k8s.io coordination, and so on.
  const name = group === '' ? 'core' : group.split('.')[0]!;
  return version === 'v1' ? resolve(`io.k8s.api.${name}.v1`, kind) : undefined;
}

function decodeMessage({ fields, pkg }: Message, bytes: Buffer): JsonObject {
  const object: JsonObject = {};
  for (const reader = new Reader(bytes); !reader.done;) {
    const { field: number, wire } = reader.tag();
    const field = fields.get(number);
    if (field) addField(object, field, pkg, reader, wire);
    else reader.skip(wire);
  }
  return object;
}

function addField(object: JsonObject, field: Field, pkg: string, reader: Reader, wire: number): void {
  if (field.map) {
    const [key, value] = mapEntry(field, pkg, reader.chunk());
    object[field.name] = { ...(object[field.name] as JsonObject | undefined), [key]: value };
    return;
  }
  // Repeated numbers may come packed.
  if (field.repeated && wire === 2 && (field.kind === 'integer' || field.kind === 'boolean')) {
    for (const packed = new Reader(reader.chunk()); !packed.done;) append(object, field.name, Number(packed.varint()));
    return;
  }
  const value = scalarOrMessage(field, pkg, reader, wire);
  if (value === undefined) return;
  if (field.repeated) append(object, field.name, value);
  else if (field.inline) Object.assign(object, value);
  else if (isSaid(field.name, value)) object[field.name] = value;
}

function append(object: JsonObject, name: string, value: Json): void {
  object[name] = [...((object[name] as Json[] | undefined) ?? []), value];
}

function scalarOrMessage(field: Field, pkg: string, reader: Reader, wire: number): Json | undefined {
  switch (field.kind) {
    case 'integer':
      return Number(reader.varint());
    case 'boolean':
      return reader.varint() !== 0n;
    case 'string':
      return reader.chunk().toString('utf8');
    case 'bytes':
      return reader.chunk().toString('base64');
    case 'message': {
      if (wire !== 2) throw new RangeError(`${field.name} is not a message`);
      const special = specialTypes[field.type];
      if (special) return special(reader.chunk());
      const message = resolve(pkg, field.type);
      if (!message) throw new RangeError(`no message ${field.type}`);
      return decodeMessage(message, reader.chunk());
    }
  }
}

function mapEntry(field: Field, pkg: string, bytes: Buffer): [key: string, value: Json] {
  let key = '';
  let value: Json = field.kind === 'message' ? {} : '';
  for (const reader = new Reader(bytes); !reader.done;) {
    const { field: number, wire } = reader.tag();
    if (number === 1) key = reader.chunk().toString('utf8');
    else if (number === 2) value = scalarOrMessage({ ...field, map: false }, pkg, reader, wire) ?? null;
    else reader.skip(wire);
  }
  if (key === '__proto__') throw badRequest('a field cannot be called __proto__');
  return [key, value];
}

/** Numbers that Go writes even when nobody set them, and where 0 would stand in the way of the default. */
const unsetAtZero = new Set([
  'initialDelaySeconds',
  'timeoutSeconds',
  'periodSeconds',
  'successThreshold',
  'failureThreshold',
  'hostPort',
  'nodePort',
  'healthCheckNodePort',
  'minReadySeconds',
  'generation',
  'observedGeneration',
]);

/** The one text that means something when it is empty: no class, as opposed to the default one. */
const saidWhenEmpty = 'storageClassName';

const isSaid = (name: string, value: Json): boolean =>
  value === '' ? name === saidWhenEmpty : value !== 0 || !unsetAtZero.has(name);
