import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { createApiServer, type ApiServer, type ServerOptions } from '../../../src/sim/apiserver/index';
import type { StatusError } from '../../../src/sim/apiserver/errors/status';
import { deepCopy, type JsonObject } from '../../../src/sim/apiserver/object/json';
import type { Obj } from '../../../src/sim/apiserver/object/object';
import type {
  ListResult,
  Options,
  PatchType,
  Request,
  Result,
  StreamEvent,
  Verb,
  WatchStream,
} from '../../../src/sim/apiserver/request/request';
import { FakeClock } from '../../support/fake-clock';

const folder = join(__dirname, '../../../crds');

/** The product's own CustomResourceDefinitions. */
export const definitions: object[] = readdirSync(folder)
  .filter((file) => file.startsWith('meshstor'))
  .map((file) => parse(readFileSync(join(folder, file), 'utf8')) as object);

export interface World extends ApiServer {
  readonly clock: FakeClock;
  readonly api: Api;
}

/** A server with the product's kinds, a clock that stands still and the same randomness every time. */
export function world(options: ServerOptions = {}): World {
  const clock = new FakeClock();
  let seed = 42;
  const random = () => {
    // Park and Miller's generator: tests see the same uids on every run.
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const server = createApiServer({ clock, random, definitions, ...options });
  return { ...server, clock, api: new Api(server) };
}

interface Call {
  subresource?: string;
  options?: Options;
  body?: object;
  patchType?: PatchType;
  client?: string;
}

/**
 * Requests as the HTTP front would make them. A path is `pods/ns/name`, `nodes//name`, or
 * `deployments.apps/ns/`; the preferred version is used.
 */
export class Api {
  constructor(private readonly server: ApiServer) {}

  request(
    verb: Verb,
    path: string,
    { subresource = '', options = {}, body, patchType, client = 'test' }: Call = {},
  ): Request {
    const [resource = '', namespace = '', name = ''] = path.split('/');
    const [plural = '', ...group] = resource.split('.');
    const type = this.server.core.registry.find(group.join('.'), plural);
    if (!type) throw new Error(`no resource ${resource}`);
    const version = type.versions[0]!;
    const copy = body === undefined ? {} : { body: deepCopy(body as JsonObject) };
    return {
      verb,
      type,
      version,
      namespace,
      name,
      subresource,
      options,
      client,
      ...copy,
      ...(patchType ? { patchType } : {}),
    };
  }

  handle(verb: Verb, path: string, call: Call = {}): Promise<Result> {
    return this.server.handle(this.request(verb, path, call));
  }

  async object(verb: Verb, path: string, call: Call = {}): Promise<Obj> {
    const result = await this.handle(verb, path, call);
    if (result.kind !== 'object') throw new Error(`the answer is not an object but ${JSON.stringify(result)}`);
    return result.object.object;
  }

  get = (path: string): Promise<Obj> => this.object('get', path);

  /** apiVersion and kind are filled in. */
  create(path: string, body: object, options: Options = {}): Promise<Obj> {
    return this.object('create', path, { body: this.typed(path, body), options });
  }

  update(path: string, body: object, call: Call = {}): Promise<Obj> {
    return this.object('update', path, { ...call, body: this.typed(path, body) });
  }

  merge(path: string, body: object, call: Call = {}): Promise<Obj> {
    return this.object('patch', path, { ...call, body, patchType: 'merge' });
  }

  apply(path: string, fieldManager: string, body: object, call: Call = {}): Promise<Obj> {
    const [, , name = ''] = path.split('/');
    const typed = this.typed(path, { metadata: { name }, ...body });
    const options = { fieldManager, ...call.options };
    return this.object('patch', path, { ...call, options, body: typed, patchType: 'apply' });
  }

  async list(path: string, options: Options = {}): Promise<ListResult> {
    return (await this.handle('list', path, { options })) as ListResult;
  }

  async names(path: string, options: Options = {}): Promise<string[]> {
    return (await this.list(path, options)).items.map(({ object }) => object.metadata.name);
  }

  async watch(path: string, options: Options = {}): Promise<WatchStream> {
    const result = await this.handle('watch', path, { options });
    if (result.kind !== 'watch') throw new Error('not a watch');
    return result.stream;
  }

  private typed(path: string, body: object): object {
    const { type, version } = this.request('get', path);
    return { apiVersion: type.group ? `${type.group}/${version.name}` : version.name, kind: type.kind, ...body };
  }
}

/** What a promise is rejected with; fails when it is not. */
export async function refusal(promise: Promise<unknown>): Promise<StatusError> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('error' in outcome) return outcome.error as StatusError;
  throw new Error(`expected a refusal, but got ${JSON.stringify(outcome.value)}`);
}

/** Everything a watch has to say right now, short: `ADDED a`, `BOOKMARK`, `ERROR Expired`. */
export function drain(stream: WatchStream): string[] {
  const said: string[] = [];
  for (let event = stream.next(); event; event = stream.next()) said.push(short(event));
  return said;
}

function short(event: StreamEvent): string {
  if (event.type === 'ERROR') return `ERROR ${event.error.reason}`;
  if (event.type === 'BOOKMARK') return event.initialEventsEnd ? 'BOOKMARK initial' : 'BOOKMARK';
  return `${event.type} ${event.object.object.metadata.name}`;
}

export const GiB = 2 ** 30;
