import type { MeshStorPartition, MeshStorVolume } from '../../../src/api/model';
import { partitions, volumes } from '../../../src/api/resources';
import { conditionOf } from '../../../src/api/volume';
import { PartitionReconciler } from '../../../src/controllers/partition';
import type { Endpoint } from '../../../src/host/gen/host';
import { FakeClock } from '../../support/fake-clock';
import { aVolume } from '../../support/objects';
import { ApiDouble } from '../controllers/api-double';
import { DrivesDouble } from '../controllers/drives-double';
import { EventsDouble } from '../controllers/events-double';
import { aPass } from '../controllers/pass';
import { endpoint, wish } from './objects';

/** One node with one drive, and its wish in etcd. */
export function node(partition: MeshStorPartition = wish(), volume: MeshStorVolume = aVolume()) {
  const api = new ApiDouble();
  const host = new DrivesDouble();
  const events = new EventsDouble();
  const address: { endpoint: Endpoint | undefined } = { endpoint };
  host.addDrive({ id: 'uuid.node2-nvme0n1', name: 'nvme0n1' });
  api.seed(volumes, volume);
  api.seed(partitions, partition);
  const start = () =>
    new PartitionReconciler({
      kube: api,
      host: host.agent,
      partitions: api.lister(partitions),
      clock: new FakeClock(),
      events,
      nodeName: 'node2',
      endpoint: () => address.endpoint,
    });
  const reconciler = start();
  return {
    api,
    host,
    events,
    address,
    start,
    reconcile: (by = reconciler) => by.reconcile('pvc-1-1', aPass()),
    now: () => api.peek(partitions, 'pvc-1-1'),
    ready: () => conditionOf(api.peek(partitions, 'pvc-1-1')!, 'Ready'),
    edit: (change: (partition: MeshStorPartition) => void) => api.edit(partitions, 'pvc-1-1', change),
    delete: () =>
      api.edit(partitions, 'pvc-1-1', ({ metadata }) => (metadata.deletionTimestamp = '2026-01-01T00:00:00Z')),
  };
}

/** A node whose partition is made and served. */
export async function servingNode(volume?: MeshStorVolume) {
  const world = node(wish(), volume);
  await world.reconcile();
  world.host.calls.length = 0;
  world.api.calls.length = 0;
  return world;
}

export const settled = { kind: 'settled' };
