import { methodNotAllowed, noSuchPath } from '../errors/status';
import { create } from './create';
import type { Core } from './core';
import { remove } from './delete';
import { removeCollection } from './delete-collection';
import { get } from './get';
import { list } from './list';
import { patch } from './patch';
import type { Request, Result } from './request';
import { bind } from './subresource/bind';
import { evict } from './subresource/evict';
import { finalize } from './subresource/finalize';
import { requestToken } from './subresource/token';
import { update } from './update';
import { watch } from './watch';

type Handler = (core: Core, request: Request) => Result;

const verbs: Record<Request['verb'], Handler> = {
  get,
  list,
  watch: (core, request) => ({ kind: 'watch', stream: watch(core, request) }),
  create,
  update,
  patch,
  delete: remove,
  deletecollection: removeCollection,
};

/** Subresources that are more than a part of the object. */
const actions: Record<string, Handler> = {
  'pods/eviction': evict,
  'pods/binding': bind,
  'serviceaccounts/token': requestToken,
  'namespaces/finalize': finalize,
};

/** Answers a request at once, or throws a StatusError. */
export function dispatch(core: Core, request: Request): Result {
  const { type, version, subresource, verb } = request;
  if (subresource === '') {
    if (!type.verbs.includes(verb)) throw methodNotAllowed();
    return verbs[verb](core, request);
  }
  const found = version.subresources.find(({ name }) => name === subresource);
  if (!found) throw noSuchPath();
  if (!found.verbs.includes(verb)) throw methodNotAllowed();
  return (actions[`${type.plural}/${subresource}`] ?? verbs[verb])(core, request);
}
