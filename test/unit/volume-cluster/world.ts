import { indexes } from '../../../src/api/indexes';
import type { MeshStorNodeDevice, MeshStorPartition, MeshStorVolume } from '../../../src/api/model';
import { migrations, nodeDevices, partitions, volumes } from '../../../src/api/resources';
import { conditionOf } from '../../../src/api/volume';
import { ClusterVolumeReconciler } from '../../../src/controllers/volume/cluster';
import { Promises, Unreported } from '../../../src/controllers/volume/cluster/space';
import { Liveness } from '../../../src/controllers/liveness';
import { timestamp } from '../../../src/runtime/clock';
import { FakeClock } from '../../support/fake-clock';
import { aPartition, GiB } from '../../support/objects';
import { ApiDouble } from '../controllers/api-double';
import { EventsDouble } from '../controllers/events-double';
import { aPass } from '../controllers/pass';

export function aDevice(node: string, device = 'nvme0n1', freeBytes = 100 * GiB): MeshStorNodeDevice {
  return {
    apiVersion: 'csi.meshstor.io/v1alpha1',
    kind: 'MeshStorNodeDevice',
    metadata: { name: `${node}-${device}` },
    spec: { node, device, cordoned: false, evacuate: false },
    status: {
      deviceID: `uuid.${node}-${device}`,
      sectorSize: 512,
      biggestUsableFreeBytes: freeBytes,
      updatedAt: '2026-01-01T00:00:00Z',
      conditions: [{ type: 'Usable', status: 'True', reason: 'InService', message: '', lastTransitionTime: '' }],
    },
  };
}

/** The leader, in a cluster of nodes that are alive and have a drive each unless told otherwise. */
export function cluster(volume: MeshStorVolume, devices = ['node1', 'node2', 'node3'].map((node) => aDevice(node))) {
  const api = new ApiDouble();
  const clock = new FakeClock('2026-01-01T00:00:01Z');
  const events = new EventsDouble();
  const liveness = new Liveness(clock);
  const promises = new Promises();
  const unreported = new Unreported(clock);
  for (const device of devices) api.seed(nodeDevices, device);
  api.seed(volumes, volume);
  const reconciler = new ClusterVolumeReconciler({
    kube: api,
    volumes: api.lister(volumes),
    partitions: api.lister(partitions, { [indexes.byVolumeName]: ({ spec }) => spec.volumeName }),
    devices: api.lister(nodeDevices, { [indexes.byNode]: ({ spec }) => spec.node }),
    migrations: api.lister(migrations, { [indexes.byVolumeName]: ({ spec }) => spec.volumeName }),
    liveness,
    promises,
    unreported,
    clock,
    events,
  });
  const beat = (...nodes: string[]) => {
    for (const node of nodes)
      liveness.observe({ metadata: { name: `meshstor-node-${node}` }, spec: { renewTime: timestamp(clock) } });
  };
  beat(...devices.map(({ spec }) => spec.node));
  return {
    api,
    clock,
    events,
    promises,
    beat,
    die: (node: string) => liveness.forget(`meshstor-node-${node}`),
    reconcile: () => reconciler.reconcile('pvc-1', aPass()),
    volume: () => api.peek(volumes, 'pvc-1')!,
    condition: (type: string) => conditionOf(api.peek(volumes, 'pvc-1')!, type),
    partition: (slot: number) => api.peek(partitions, `pvc-1-${slot}`),
    edit: (change: (volume: MeshStorVolume) => void) => api.edit(volumes, 'pvc-1', change),
    /** What the nodes do: every partition is made, and confirmed for its epoch. */
    provide() {
      for (let slot = 0; slot < 12; slot++) {
        if (!api.peek(partitions, `pvc-1-${slot}`)) continue;
        api.edit(partitions, `pvc-1-${slot}`, (partition: MeshStorPartition) => {
          const { nodeName, epoch } = partition.spec;
          partition.status = aPartition(slot, nodeName, partition.spec.importers?.[0] ?? nodeName, epoch).status!;
        });
      }
    },
    /** Nodes that have a copy, by slot. */
    nodes: () =>
      [...Array(12).keys()]
        .map((slot) => api.peek(partitions, `pvc-1-${slot}`))
        .filter((partition) => partition !== undefined)
        .map(({ spec }) => spec.nodeName),
  };
}
