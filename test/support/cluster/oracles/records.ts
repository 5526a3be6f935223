import type { KubeObject, Resource } from '../../../../src/api/meta';
import type { MeshStorMigration, MeshStorPartition, MeshStorVolume } from '../../../../src/api/model';
import { namespace, nodeLeaseName } from '../../../../src/api/names';
import { leases, migrations, partitions, volumes } from '../../../../src/api/resources';
import { objectAt, stringAt } from '../../../../src/sim/apiserver/object/json';
import type { Store } from '../../../../src/sim/apiserver/store/store';

const tableOf = ({ plural, group }: Resource): string => `${plural}.${group}`;

/** What is on record, for those who only look things up. */
export type KnownRecords = Pick<Records, 'volumes' | 'partitions' | 'volume'>;

/** What the embedded API server holds at this moment, read without asking it. */
export class Records {
  constructor(private readonly store: Store) {}

  volumes(): MeshStorVolume[] {
    return this.#all(volumes);
  }

  partitions(): MeshStorPartition[] {
    return this.#all(partitions);
  }

  migrations(): MeshStorMigration[] {
    return this.#all(migrations);
  }

  volume(uid: string): MeshStorVolume | undefined {
    return this.volumes().find(({ metadata }) => metadata.uid === uid);
  }

  /** When the node last renewed its lease, in milliseconds; NaN: never. */
  heardOf(node: string): number {
    const lease = this.store.table(tableOf(leases)).get(`${namespace}/${nodeLeaseName(node)}`);
    return Date.parse(stringAt(objectAt(lease?.object, 'spec'), 'renewTime') ?? '');
  }

  /** Calls back at once with every version of a volume that is stored. */
  onVolume(handler: (now: MeshStorVolume, before: MeshStorVolume | undefined) => void): void {
    this.store.listen((table, { type, after, before }) => {
      if (table !== tableOf(volumes) || type === 'DELETED') return;
      handler(after.object as unknown as MeshStorVolume, before?.object as unknown as MeshStorVolume | undefined);
    });
  }

  #all<T extends KubeObject>(resource: Resource<T>): T[] {
    return [...this.store.table(tableOf(resource)).range('')].map(([, { object }]) => object as unknown as T);
  }
}
