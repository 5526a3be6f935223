import type { KubeObject, Resource } from '../../../api/meta';
import type {
  ApplyBody,
  ApplyOptions,
  DeleteOptions,
  KubeClient,
  ListOptions,
  Page,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from '../../../runtime/kube/client';
import { noSuchPath, StatusError } from '../errors/status';
import type { Handle } from '../hooks/handle';
import { deepCopy, type JsonObject } from '../object/json';
import { joinApiVersion } from '../object/object';
import type { Registry } from '../registry/registry';
import type { ListResult, Options, Request } from '../request/request';
import { handOut, handOutItem } from './handout';
import { events } from './watch';

type Target = Pick<Request, 'type' | 'version'>;

/**
 * The server called directly: no sockets, no time of its own, and everything that is handed out is a copy.
 * Answers arrive in the order of the calls as long as no latency is arranged.
 */
export class InProcessClient implements KubeClient {
  constructor(
    private readonly handle: Handle,
    private readonly registry: Registry,
    /** Appears in faults and counters. */
    private readonly name: string,
  ) {}

  async get<T extends KubeObject>(resource: Resource<T>, name: string, namespace?: string): Promise<T | undefined> {
    try {
      return await this.#one(resource, { verb: 'get', name, namespace });
    } catch (error) {
      if (error instanceof StatusError && error.code === 404 && error.details?.name === name) return undefined;
      throw error;
    }
  }

  async list<T extends KubeObject>(resource: Resource<T>, options: ListOptions = {}): Promise<Page<T>> {
    const { namespace, ...rest } = options;
    const request = this.#request(resource, { verb: 'list', namespace, options: rest });
    const result = (await this.handle(request)) as ListResult;
    const { typed } = request.type.strategy;
    return {
      items: result.items.map(({ object }) => handOutItem<T>(object, typed)),
      resourceVersion: String(result.revision),
      ...(result.continue ? { continue: result.continue } : {}),
    };
  }

  async *watch<T extends KubeObject>(
    resource: Resource<T>,
    { namespace, ...options }: WatchOptions,
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent<T>> {
    if (signal.aborted) return;
    const request = this.#request(resource, {
      verb: 'watch',
      namespace,
      options: { ...options, allowWatchBookmarks: true },
    });
    const result = await this.handle(request);
    if (result.kind === 'watch') yield* events<T>(result.stream, signal);
  }

  async create<T extends KubeObject>(resource: Resource<T>, object: T, options: WriteOptions): Promise<T> {
    const { namespace } = object.metadata;
    return this.#one(resource, { verb: 'create', namespace, body: bodyOf(resource, object), options: { ...options } });
  }

  async replace<T extends KubeObject>(resource: Resource<T>, object: T, options: ApplyOptions): Promise<T> {
    const { name, namespace } = object.metadata;
    const { subresource, ...rest } = options;
    const body = bodyOf(resource, object);
    return this.#one(resource, { verb: 'update', name, namespace, subresource, body, options: rest });
  }

  async apply<T extends KubeObject>(resource: Resource<T>, object: ApplyBody<T>, options: ApplyOptions): Promise<T> {
    const { name, namespace } = object.metadata;
    const { subresource, ...rest } = options;
    const body = bodyOf(resource, object);
    return this.#one(resource, {
      verb: 'patch',
      patchType: 'apply',
      name,
      namespace,
      subresource,
      body,
      options: rest,
    });
  }

  async patch<T extends KubeObject>(
    resource: Resource<T>,
    name: string,
    patch: object,
    options: ApplyOptions & { namespace?: string },
  ): Promise<T> {
    const { subresource, namespace, ...rest } = options;
    const body = deepCopy(patch as JsonObject);
    return this.#one(resource, {
      verb: 'patch',
      patchType: 'merge',
      name,
      namespace,
      subresource,
      body,
      options: rest,
    });
  }

  async delete<T extends KubeObject>(resource: Resource<T>, name: string, options: DeleteOptions = {}): Promise<void> {
    const { namespace, uid, resourceVersion, propagation, gracePeriodSeconds } = options;
    const preconditions = { ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) };
    const request = this.#request(resource, {
      verb: 'delete',
      name,
      namespace,
      options: {
        preconditions,
        ...(propagation ? { propagationPolicy: propagation } : {}),
        ...(gracePeriodSeconds !== undefined ? { gracePeriodSeconds } : {}),
      },
    });
    try {
      await this.handle(request);
    } catch (error) {
      if (!(error instanceof StatusError && error.code === 404 && error.details?.name === name)) throw error;
    }
  }

  async #one<T extends KubeObject>(resource: Resource<T>, given: Given): Promise<T> {
    const result = await this.handle(this.#request(resource, given));
    if (result.kind === 'object') return handOut<T>(result.object.object);
    if (result.kind === 'answer') return handOut<T>(result.body);
    throw new TypeError(`a single object was expected, not a ${result.kind}`);
  }

  #target(resource: Resource): Target {
    const found = this.registry.served(resource.group, resource.version, resource.plural);
    if (!found) throw noSuchPath();
    return found;
  }

  #request(resource: Resource, given: Given): Request {
    const { namespace = '', name = '', subresource = '', options = {}, ...rest } = given;
    return { ...this.#target(resource), namespace, name, subresource, options, client: this.name, ...rest };
  }
}

function bodyOf(resource: Resource, object: object): JsonObject {
  const { apiVersion: _apiVersion, kind: _kind, ...rest } = object as JsonObject;
  return { apiVersion: joinApiVersion(resource.group, resource.version), kind: resource.kind, ...deepCopy(rest) };
}

type Given = Pick<Request, 'verb' | 'body' | 'patchType'> & {
  namespace?: string;
  name?: string;
  subresource?: string;
  options?: Options;
};
