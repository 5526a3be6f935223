import { layoutOf } from '../../../src/api/layout';
import type {
  MeshStorMigration,
  MeshStorPartition,
  MeshStorVolume,
  MeshStorVolumeSpec,
  MeshStorVolumeStatus,
  MigrationMove,
} from '../../../src/api/model';
import { defaultLimits, type Claim } from '../../../src/controllers/migration/queue';
import type { View } from '../../../src/controllers/migration/view';
import type { Candidate } from '../../../src/controllers/volume/cluster/placement';
import { aPartition, aVolume, GiB, recordOf } from '../../support/objects';

export const first = aPartition(0, 'node1');
export const second = aPartition(1, 'node2');
export const target = (slot = 2, node = 'node3') => aPartition(slot, node);

export const going = (partition: MeshStorPartition): MeshStorPartition => ({
  ...partition,
  metadata: { ...partition.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' },
});

/** Synced, and used on node1; `inSync` are the slots on record, `inArray` those md has besides. */
export function running(
  inSync = [0, 1],
  { spec, inArray = [] }: { spec?: Partial<MeshStorVolumeSpec>; inArray?: number[] } = {},
): MeshStorVolume {
  const member = (slot: number, state: 'InSync' | 'Recovering') => ({
    partitionUUID: aPartition(slot, 'x').spec.partitionUUID,
    slot,
    state,
  });
  const status: MeshStorVolumeStatus = {
    owner: { nodeName: 'node1', epoch: 1, purpose: 'Attach' },
    array: {
      epoch: 1,
      state: 'Running',
      createdAt: '2026-01-01T00:00:00Z',
      members: [...inSync.map((slot) => member(slot, 'InSync')), ...inArray.map((slot) => member(slot, 'Recovering'))],
    },
    inSync: inSync.map((slot) => recordOf(slot)),
  };
  return aVolume({ nodeName: 'node1', ...spec }, status);
}

export function aMigration(
  spec: Partial<MeshStorMigration['spec']> = {},
  status: MeshStorMigration['status'] = {},
): MeshStorMigration {
  return {
    apiVersion: 'csi.meshstor.io/v1alpha1',
    kind: 'MeshStorMigration',
    metadata: { name: 'move', uid: 'uid-move', generation: 1, creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: {
      ...{ volumeName: 'pvc-1', type: 'Member', reason: 'User', paused: false, cancelled: false, dryRun: false },
      ...spec,
    },
    status,
  };
}

/** From node2 to node3, as it is decided. */
export const move: MigrationMove = {
  source: 'pvc-1-1',
  target: 'pvc-1-2',
  nodeName: 'node3',
  device: 'nvme0n1',
  deviceID: 'uuid.node3-nvme0n1',
  slot: 2,
};
export const started = (spec: Partial<MeshStorMigration['spec']> = {}, moves = [move]) =>
  aMigration({ source: { nodeName: 'node2' }, ...spec }, { phase: 'Running', moves });

export const drive = (nodeName: string, change: Partial<Candidate> = {}): Candidate => ({
  nodeName,
  zone: undefined,
  device: 'nvme0n1',
  deviceID: `uuid.${nodeName}-nvme0n1`,
  sectorSize: 512,
  freeBytes: 100 * GiB,
  excluded: undefined,
  ...change,
});

export const claim = (name: string, change: Partial<Claim> = {}): Claim => ({
  name,
  volumeName: `volume of ${name}`,
  started: false,
  paused: false,
  reason: 'User',
  lacking: 0,
  inSync: 2,
  createdAt: '2026-01-01T00:00:00Z',
  owner: 'node1',
  targets: [],
  ...change,
});

export function look(change: Partial<View> = {}): View {
  const volume = 'volume' in change ? change.volume : running();
  const partitions = change.partitions ?? [first, second];
  return {
    migration: aMigration({ source: { nodeName: 'node2' } }),
    volume,
    layout: volume && layoutOf(volume.spec),
    partitions,
    takenSlots: partitions.map(({ spec }) => spec.slot),
    candidates: ['node1', 'node2', 'node3', 'node4'].map((node) => drive(node)),
    storm: false,
    deadNodes: new Set(),
    queue: { me: claim('move', { volumeName: 'pvc-1' }), others: [], limits: defaultLimits },
    ...change,
  };
}
