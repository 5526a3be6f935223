import { setMaxListeners } from 'node:events';
import type { KubeObject, Resource } from '../../../api/meta';
import type { MeshStorNodeDevice, MeshStorPartition, MeshStorVolume } from '../../../api/model';
import { nodeDevices, partitions, volumes } from '../../../api/resources';
import type { Clock } from '../../../runtime/clock';
import type { Connection } from '../../../runtime/kube/connection';
import { Transport } from '../../../runtime/kube/transport';
import { persistentVolumes, pods, type PersistentVolume, type Pod } from '../../../sim/kubernetes/kinds';
import { Changes } from './changes';
import type { PrintedObjects } from './table';
import { Watcher } from './watcher';

export { Changes } from './changes';
export { PrintedObjects, type Table } from './table';

/** What is there, each kind as the server prints it. */
export interface Seen {
  readonly volumes: PrintedObjects<MeshStorVolume>;
  readonly partitions: PrintedObjects<MeshStorPartition>;
  readonly devices: PrintedObjects<MeshStorNodeDevice>;
  readonly pods: PrintedObjects<Pod>;
  readonly persistentVolumes: PrintedObjects<PersistentVolume>;
}

/** Follows what is there, until it is closed. */
export class Watch {
  readonly changes = new Changes();
  readonly seen: Seen;
  readonly #end = new AbortController();
  readonly #transport: Transport;

  constructor(
    connection: Connection,
    private readonly clock: Clock,
  ) {
    setMaxListeners(0, this.#end.signal);
    this.#transport = new Transport({ connection, clock, userAgent: 'meshstor-sim' });
    this.seen = {
      volumes: this.#follow(volumes),
      partitions: this.#follow(partitions),
      devices: this.#follow(nodeDevices),
      pods: this.#follow(pods),
      persistentVolumes: this.#follow(persistentVolumes),
    };
  }

  async close(): Promise<void> {
    this.#end.abort();
    await this.#transport.close();
  }

  #follow<T extends KubeObject>(resource: Resource<T>): PrintedObjects<T> {
    const options = { transport: this.#transport, clock: this.clock, changed: () => this.changes.announce() };
    const watcher = new Watcher(resource, options);
    void watcher.run(this.#end.signal);
    return watcher.printed;
  }
}
