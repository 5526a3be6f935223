import type { KubeObject, Resource } from '../../../api/meta';
import type { Clock } from '../../../runtime/clock';
import type { Transport } from '../../../runtime/kube/transport';
import { collectionPath, query } from '../../../runtime/kube/urls';
import { lines } from '../../../runtime/kube/watch-stream';
import { PrintedObjects, type WireTable } from './table';

/** What kubectl sends to get tables instead of objects. */
const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
/** Rows come with the whole object. */
const wholeObjects = { includeObject: 'Object' };
const retryMs = 200;

export interface WatcherOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  /** Called after every change. */
  readonly changed: () => void;
}

/** `kubectl get -w` of one kind: what the server prints, as it changes. */
export class Watcher<T extends KubeObject> {
  readonly printed = new PrintedObjects<T>();

  constructor(
    private readonly resource: Resource<T>,
    private readonly options: WatcherOptions,
  ) {}

  /** Until the signal is aborted. When the stream ends or fails, it begins anew with a list. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#follow(signal).catch(() => undefined);
      await this.options.clock.sleep(retryMs, signal).catch(() => undefined);
    }
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { transport, changed } = this.options;
    const path = collectionPath(this.resource);
    const list = await transport.send({ method: 'GET', path: path + query(wholeObjects), accept });
    if (list.status !== 200) throw new Error(`GET ${path}: ${list.status} ${list.text}`);
    const table = JSON.parse(list.text) as WireTable<T>;
    this.printed.replace(table);
    changed();
    const since = { watch: true, resourceVersion: table.metadata?.resourceVersion };
    const stream = await transport.open(
      { method: 'GET', path: path + query({ ...wholeObjects, ...since }), accept },
      signal,
    );
    if ('status' in stream) throw new Error(`GET ${path}: ${stream.status} ${stream.text}`);
    for await (const line of lines(stream)) {
      const { type, object } = JSON.parse(line) as { type: string; object: WireTable<T> };
      if (type === 'ERROR') throw new Error(line);
      if (type === 'BOOKMARK') continue;
      this.printed.change(type, object);
      changed();
    }
  }
}
