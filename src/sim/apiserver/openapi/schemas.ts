import { isObject, type Json, type JsonObject } from '../object/json';
import type { ResourceType, Version } from '../registry/resource';
import { objectMeta } from '../schema/kinds/index';
import type { Limits, Schema } from '../schema/schema';

/** OpenAPI 2 knows fewer words than 3. */
export type Flavour = 2 | 3;

/** Collects the definitions of one document: what is referred to is described once. */
export class Definitions {
  readonly all: Record<string, JsonObject> = {};

  constructor(private readonly flavour: Flavour) {}

  /** Describes a kind and everything it refers to. Returns the name it is described under. */
  addKind(type: ResourceType, version: Version): string {
    const name = version.schema.name ?? customName(type, version);
    const gvk = { group: type.group, kind: type.kind, version: version.name };
    const described = version.schema.name ? this.#describe(version.schema) : this.#custom(version);
    const known = (this.all[name]?.['x-kubernetes-group-version-kind'] as Json[] | undefined) ?? [];
    this.all[name] = { ...described, 'x-kubernetes-group-version-kind': [...known, gvk] };
    return name;
  }

  reference(name: string): JsonObject {
    return { $ref: `${this.flavour === 2 ? '#/definitions' : '#/components/schemas'}/${name}` };
  }

  #custom({ openapi = {}, schema }: Version): JsonObject {
    const described = this.flavour === 3 ? openapi : simplified(openapi);
    const properties = isObject(described.properties) ? described.properties : {};
    return {
      ...described,
      ...(schema.preserve && !isObject(described.properties) ? { 'x-kubernetes-preserve-unknown-fields': true } : {}),
      type: 'object',
      properties: {
        ...properties,
        apiVersion: { type: 'string', description: 'The group and version of this schema.' },
        kind: { type: 'string', description: 'The kind of the object.' },
        metadata: { ...this.#refer(objectMeta), description: 'Standard metadata.' },
      },
    };
  }

  /** A named type by reference, with what stands beside it in the field. */
  #refer(schema: Schema): JsonObject {
    const name = schema.name!;
    if (!this.all[name]) {
      this.all[name] = {};
      this.all[name] = this.#describe(schema);
    }
    const extras = extensions(schema);
    if (Object.keys(extras).length === 0) return this.reference(name);
    return this.flavour === 2 ? { ...this.reference(name), ...extras } : { allOf: [this.reference(name)], ...extras };
  }

  #field(schema: Schema): JsonObject {
    return schema.name ? this.#refer(schema) : this.#describe(schema);
  }

  #describe(schema: Schema): JsonObject {
    const { type, description, properties, required, values, items, limits } = schema;
    return {
      ...scalar(schema, this.flavour),
      ...(type ? { type } : {}),
      ...(description ? { description } : {}),
      ...(properties
        ? { properties: Object.fromEntries([...properties].map(([name, part]) => [name, this.#field(part)])) }
        : {}),
      ...(required && required.length > 0 ? { required: [...required] } : {}),
      ...(values ? { additionalProperties: this.#field(values) } : {}),
      ...(items ? { items: this.#field(items) } : {}),
      ...(schema.default !== undefined && this.flavour === 3 ? { default: schema.default } : {}),
      ...enumOf(limits),
      ...(schema.name ? {} : extensions(schema)),
      ...(schema.atomic && schema.name ? { 'x-kubernetes-map-type': 'atomic' } : {}),
    };
  }
}

/** The group's parts in reverse, then version and kind, as the real server names them. */
const customName = ({ group, kind }: ResourceType, { name }: Version): string =>
  [...group.split('.').reverse(), name, kind].join('.');

const enumOf = (limits: Limits | undefined): JsonObject => (limits?.enum ? { enum: [...limits.enum] } : {});

function scalar({ format, intOrString, preserve, type }: Schema, flavour: Flavour): JsonObject {
  if (intOrString) {
    return flavour === 2
      ? { type: 'string', format: 'int-or-string' }
      : { oneOf: [{ type: 'integer' }, { type: 'string' }], format: 'int-or-string' };
  }
  if (format === 'quantity')
    return flavour === 2 ? { type: 'string' } : { oneOf: [{ type: 'string' }, { type: 'number' }] };
  if (format) return { format: format === 'micro-time' ? 'date-time' : format };
  return preserve && !type ? { type: 'object' } : {};
}

/** What clients need to know to merge: x-kubernetes-*. */
function extensions(schema: Schema): JsonObject {
  const { list, keys, mergeKey, retainKeys, atomic, name } = schema;
  const patchKey = mergeKey ?? (list === 'map' ? keys?.[0] : undefined);
  const merges = patchKey !== undefined || list === 'set';
  const strategy = [...(merges ? ['merge'] : []), ...(retainKeys ? ['retainKeys'] : [])].join(',');
  return {
    ...(list ? { 'x-kubernetes-list-type': list } : {}),
    ...(list === 'map' && keys ? { 'x-kubernetes-list-map-keys': [...keys] } : {}),
    ...(patchKey ? { 'x-kubernetes-patch-merge-key': patchKey } : {}),
    ...(strategy ? { 'x-kubernetes-patch-strategy': strategy } : {}),
    ...(atomic && !name ? { 'x-kubernetes-map-type': 'atomic' } : {}),
  };
}

const unknownTo2 = ['nullable', 'oneOf', 'anyOf', 'not', 'allOf', 'default'] as const;

/** A custom schema without the words that OpenAPI 2 lacks. */
function simplified(schema: JsonObject): JsonObject {
  if (schema['x-kubernetes-preserve-unknown-fields'] === true) return { type: 'object' };
  if (schema['x-kubernetes-int-or-string'] === true) return { 'x-kubernetes-int-or-string': true };
  const result: JsonObject = { ...schema };
  for (const word of unknownTo2) delete result[word];
  if (isObject(schema.properties)) {
    result.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([name, part]) => [name, simplified(part as JsonObject)]),
    );
  }
  if (isObject(schema.items)) result.items = simplified(schema.items);
  if (isObject(schema.additionalProperties)) result.additionalProperties = simplified(schema.additionalProperties);
  return result;
}
