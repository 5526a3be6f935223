import type { JsonObject } from '../object/json';
import { joinApiVersion } from '../object/object';
import type { ResourceType, Version } from '../registry/resource';
import type { Definitions, Flavour } from './schemas';

const patchTypes = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/apply-patch+yaml',
] as const;
const strategic = 'application/strategic-merge-patch+json';

const parameterNames = ['dryRun', 'fieldManager', 'fieldValidation', 'force'] as const;

/** Where a resource is served, and what clients look up there: its kind, and what a PATCH accepts. */
export function pathsOf(
  type: ResourceType,
  version: Version,
  flavour: Flavour,
  definitions: Definitions,
): Record<string, JsonObject> {
  const root = type.group === '' ? '/api' : '/apis';
  const base = `${root}/${joinApiVersion(type.group, version.name)}`;
  const collection = type.namespaced ? `${base}/namespaces/{namespace}/${type.plural}` : `${base}/${type.plural}`;
  const schema = definitions.reference(definitions.addKind(type, version));
  const operation = (action: string, extra: JsonObject = {}): JsonObject => ({
    operationId: `${action}${type.kind}${version.name}`,
    responses: answer(flavour, schema),
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group: type.group, version: version.name, kind: type.kind },
    ...extra,
  });
  const has = (verb: string): boolean => type.verbs.includes(verb);
  const writing = { parameters: parameterNames.map((name) => parameter(name, flavour)) };
  return {
    [collection]: {
      ...(has('list') ? { get: operation('list') } : {}),
      ...(has('create') ? { post: operation('post', writing) } : {}),
    },
    ...(has('get')
      ? {
          [`${collection}/{name}`]: {
            get: operation('get'),
            put: operation('put', writing),
            patch: operation('patch', { ...writing, ...accepts(type, flavour) }),
            delete: operation('delete'),
          },
        }
      : {}),
  };
}

const parameter = (name: string, flavour: Flavour): JsonObject => {
  const type = name === 'force' ? 'boolean' : 'string';
  return { name, in: 'query', ...(flavour === 2 ? { type } : { schema: { type } }) };
};

function answer(flavour: Flavour, schema: JsonObject): JsonObject {
  const content = flavour === 2 ? { schema } : { content: { 'application/json': { schema } } };
  return { 200: { description: 'OK', ...content } };
}

function accepts({ strategy }: ResourceType, flavour: Flavour): JsonObject {
  const consumes = [...patchTypes, ...(strategy.typed ? [strategic] : [])];
  if (flavour === 2) return { consumes };
  return {
    requestBody: { content: Object.fromEntries(consumes.map((type) => [type, { schema: { type: 'object' } }])) },
  };
}
