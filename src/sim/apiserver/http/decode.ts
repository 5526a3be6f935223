import type { IncomingMessage } from 'node:http';
import { methodNotAllowed, noSuchPath } from '../errors/status';
import type { JsonObject } from '../object/json';
import type { Registry } from '../registry/registry';
import type { Request, Verb } from '../request/request';
import { clientOf } from './auth';
import { decodeObject, decodePatch, readBody } from './body';
import { flag, optionsFromBody, optionsFromQuery } from './query';
import type { ResourceRoute } from './route';

/** The request that an HTTP message for a resource stands for. */
export async function decodeRequest(
  registry: Registry,
  message: IncomingMessage,
  route: ResourceRoute,
  query: URLSearchParams,
): Promise<Request> {
  const { group, version, plural, namespace, name, subresource } = route;
  const served = registry.served(group, version, plural);
  if (!served || (namespace !== '' && !served.type.namespaced)) throw noSuchPath();
  const verb = verbOf(message, route, query);
  const base: Request = {
    ...served,
    verb,
    namespace,
    name,
    subresource,
    options: optionsFromQuery(query),
    client: clientOf(message),
  };
  if (verb === 'get' || verb === 'list' || verb === 'watch') return base;
  const text = await readBody(message);
  if (verb === 'patch') {
    const { patchType, body } = decodePatch(message, text);
    return { ...base, patchType, body: body as JsonObject };
  }
  const body = decodeObject(message, text);
  if (verb === 'delete' || verb === 'deletecollection') {
    return { ...base, options: { ...base.options, ...optionsFromBody(body) } };
  }
  return { ...base, body: body as JsonObject };
}

function verbOf(message: IncomingMessage, { name }: ResourceRoute, query: URLSearchParams): Verb {
  const watching = query.has('watch') && flag(query.get('watch')!);
  const verbs = name === '' ? onCollection : onObject;
  const verb = message.method === 'GET' && watching ? 'watch' : verbs[message.method ?? ''];
  // A subresource such as an eviction is created under the name of its object.
  if (verb) return verb;
  throw methodNotAllowed();
}

const onCollection: Record<string, Verb> = { GET: 'list', POST: 'create', DELETE: 'deletecollection' };
const onObject: Record<string, Verb> = {
  GET: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};
