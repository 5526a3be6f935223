import { systemClock, systemRandom, type Clock, type Random } from '../../runtime/clock';
import type { KubeClient } from '../../runtime/kube/client';
import { InProcessClient } from './client/client';
import { Background } from './gc/background';
import { handler, type Handle } from './hooks/handle';
import { Hooks } from './hooks/hooks';
import type { JsonObject } from './object/json';
import { deepCopy } from './object/json';
import { builtinResources } from './registry/builtin/index';
import { definitionsTable } from './registry/crd/names';
import { registerDefinitions } from './registry/crd/register';
import { Registry } from './registry/registry';
import type { Core } from './request/core';
import { put, seed } from './seed';
import { Store } from './store/store';

export interface ServerOptions {
  /** Time of every timestamp, time-out and latency. Default: the machine's. */
  readonly clock?: Clock;
  /** Source of uids and generated names. Default: the machine's. */
  readonly random?: Random;
  /** CustomResourceDefinitions to create at the start (as decoded YAML). */
  readonly definitions?: readonly object[];
  /** Changes per resource that watches and pages can reach back to. */
  readonly historyLimit?: number;
  /**
   * Milliseconds after which garbage collection and the end of namespaces follow what calls for them;
   * false switches them off, as in a control plane without controller manager. Default 0: the next timer.
   */
  readonly background?: number | false;
  /** Put the protection finalizers on claims and volumes. Default off: something must take them off again. */
  readonly protectStorage?: boolean;
  /** Milliseconds between the bookmarks of a watch. Default: one minute, as the real server. */
  readonly bookmarkInterval?: number;
}

/** An API server without a network: the core that all fronts share. */
export interface ApiServer {
  readonly core: Core;
  readonly store: Store;
  readonly hooks: Hooks;
  /** In-process client called `client` in faults and counters. */
  readonly client: KubeClient;
  /** A client of its own name, so that faults can tell callers apart. */
  readonly clientFor: (name: string) => KubeClient;
  /** Answers a decoded request, with latency and faults. */
  readonly handle: Handle;
  /** Ends all watches and background work. */
  readonly close: () => void;
}

const minute = 60_000;

/** Makes a server. Costs well under a millisecond once the definitions were compiled before in this process. */
export function createApiServer(options: ServerOptions = {}): ApiServer {
  const store = new Store(options.historyLimit);
  const registry = new Registry(builtinResources);
  const core: Core = {
    store,
    registry,
    clock: options.clock ?? systemClock,
    random: options.random ?? systemRandom,
    protectStorage: options.protectStorage ?? false,
    bookmarkInterval: options.bookmarkInterval ?? minute,
  };
  registerDefinitions(store, registry);
  const hooks = new Hooks(store);
  endWatchesOfDeletedKinds(store, hooks);
  const background = options.background === false ? undefined : new Background(core, options.background ?? 0);
  seed(core);
  for (const definition of options.definitions ?? []) addDefinition(core, definition);
  hooks.counters.reset();
  const handle = handler(core, hooks);
  const clientFor = (name: string): KubeClient => new InProcessClient(handle, registry, name);
  return {
    core,
    store,
    hooks,
    client: clientFor('client'),
    clientFor,
    handle,
    close: () => {
      background?.close();
      hooks.watches.end();
    },
  };
}

function addDefinition(core: Core, definition: object): void {
  put(core, 'apiextensions.k8s.io', 'v1', 'customresourcedefinitions', deepCopy(definition as JsonObject));
}

/** Nobody can go on watching a kind that is no longer served. */
function endWatchesOfDeletedKinds(store: Store, hooks: Hooks): void {
  store.listen((table, { type, key }) => {
    if (table !== definitionsTable || type !== 'DELETED') return;
    hooks.watches.end(({ resource, group }) => `${resource}.${group}` === key);
  });
}
