import { apiVersionOf, type KubeObject, type Resource } from '../../api/meta';
import { systemClock, type Clock } from '../clock';
import type { Metrics } from '../metrics';
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
} from './client';
import type { Connection } from './connection';
import { withoutManagedFields } from './managed-fields';
import { apiErrorOf, isAboutObject } from './status';
import { Transport, type Answer, type Call } from './transport';
import { collectionPath, listQuery, objectPath, query, watchQuery } from './urls';
import { watchEvents } from './watch-stream';

export interface HttpKubeClientOptions {
  connection: Connection;
  clock?: Clock;
  metrics?: Metrics;
  userAgent?: string;
  /** Time one request may take in all. Default 30 s. */
  deadlineMs?: number;
}

/** A KubeClient over HTTP. All its requests share one pool of connections. */
export interface HttpKubeClient extends KubeClient {
  /** Ends every connection. */
  close(): Promise<void>;
}

export function createHttpKubeClient(options: HttpKubeClientOptions): HttpKubeClient {
  return new HttpClient(new Transport({ ...options, clock: options.clock ?? systemClock }));
}

class HttpClient implements HttpKubeClient {
  constructor(private readonly transport: Transport) {}

  async get<T extends KubeObject>(resource: Resource<T>, name: string, namespace?: string): Promise<T | undefined> {
    const answer = await this.transport.send({ method: 'GET', path: objectPath(resource, name, namespace) });
    return isAbsent(answer, name) ? undefined : bodyOf<T>(answer);
  }

  async list<T extends KubeObject>(resource: Resource<T>, options: ListOptions = {}): Promise<Page<T>> {
    const path = collectionPath(resource, options.namespace) + listQuery(options);
    const answer = await this.transport.send({ method: 'GET', path });
    const list = bodyOf<ListBody<T>>({ ...answer, text: withoutManagedFields(answer.text) });
    if (!list.metadata?.resourceVersion) throw new Error(`GET ${path}: the answer is not a list`);
    const { resourceVersion, continue: token } = list.metadata;
    return { items: list.items ?? [], resourceVersion, ...(token ? { continue: token } : {}) };
  }

  async *watch<T extends KubeObject>(
    resource: Resource<T>,
    options: WatchOptions,
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent<T>> {
    const path = collectionPath(resource, options.namespace) + watchQuery(options);
    try {
      const stream = await this.transport.open({ method: 'GET', path }, signal);
      if ('status' in stream) throw errorOf(stream);
      yield* watchEvents<T>(stream);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async create<T extends KubeObject>(resource: Resource<T>, object: T, options: WriteOptions): Promise<T> {
    const { namespace } = object.metadata;
    if (resource.namespaced && !namespace)
      throw new Error(`${resource.kind}: the namespace to create it in is missing`);
    const path = collectionPath(resource, namespace) + writeQuery(options);
    return this.call({ method: 'POST', path, body: typed(resource, object) });
  }

  async replace<T extends KubeObject>(resource: Resource<T>, object: T, options: ApplyOptions): Promise<T> {
    const { name, namespace } = object.metadata;
    const path = objectPath(resource, name, namespace, options.subresource) + writeQuery(options);
    return this.call({ method: 'PUT', path, body: typed(resource, object) });
  }

  async apply<T extends KubeObject>(resource: Resource<T>, object: ApplyBody<T>, options: ApplyOptions): Promise<T> {
    const { name, namespace } = object.metadata;
    const path = objectPath(resource, name, namespace, options.subresource);
    return this.call({
      method: 'PATCH',
      path: path + writeQuery(options, { force: options.force }),
      body: typed(resource, object),
      // JSON is YAML.
      contentType: 'application/apply-patch+yaml',
    });
  }

  async patch<T extends KubeObject>(
    resource: Resource<T>,
    name: string,
    patch: object,
    options: ApplyOptions & { namespace?: string },
  ): Promise<T> {
    const path = objectPath(resource, name, options.namespace, options.subresource) + writeQuery(options);
    const contentType = 'application/merge-patch+json';
    return this.call({ method: 'PATCH', path, body: JSON.stringify(patch), contentType });
  }

  async delete<T extends KubeObject>(resource: Resource<T>, name: string, options: DeleteOptions = {}): Promise<void> {
    const { namespace, uid, resourceVersion, propagation, gracePeriodSeconds } = options;
    const preconditions = uid || resourceVersion ? { uid, resourceVersion } : undefined;
    const policy = { propagationPolicy: propagation, gracePeriodSeconds };
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions, ...policy };
    const path = objectPath(resource, name, namespace);
    const answer = await this.transport.send({ method: 'DELETE', path, body: JSON.stringify(body) });
    if (!isAbsent(answer, name)) bodyOf(answer);
  }

  close(): Promise<void> {
    return this.transport.close();
  }

  private async call<B>(call: Call): Promise<B> {
    return bodyOf<B>(await this.transport.send(call));
  }
}

interface ListBody<T> {
  metadata?: { resourceVersion?: string; continue?: string };
  items?: T[] | null;
}

const writeQuery = ({ fieldManager, dryRun }: WriteOptions, more: { force?: boolean } = {}): string =>
  query({ fieldManager, dryRun: dryRun ? 'All' : undefined, ...more });

const typed = (resource: Resource, object: object): string =>
  JSON.stringify({ ...object, apiVersion: apiVersionOf(resource), kind: resource.kind });

function isAbsent({ status, text }: Answer, name: string): boolean {
  return status === 404 && isAboutObject(lenient(text), name);
}

/** Throws an ApiError for an answer that is not a success. */
function bodyOf<B>(answer: Answer): B {
  if (answer.status < 200 || answer.status > 299) throw errorOf(answer);
  return JSON.parse(answer.text) as B;
}

const errorOf = ({ status, text }: Answer) => apiErrorOf(lenient(text), status);

/** A proxy in between answers in HTML or plain text. */
function lenient(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
