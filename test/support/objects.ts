import { arrayUUID, exportNQN, namespaceUUID, partitionUUID } from '../../src/api/identity';
import { layoutOf } from '../../src/api/layout';
import type { MeshStorPartition, MeshStorVolume, MeshStorVolumeSpec, MeshStorVolumeStatus } from '../../src/api/model';
import { finalizers, labels, partitionName } from '../../src/api/names';
import {
  ArrayMemberState,
  ImportState,
  type Stack,
  SyncAction,
  type ArrayMember,
  type Member,
} from '../../src/host/gen/host';

export const volumeUID = '3f1c2d4e-0000-4000-8000-000000000001';
export const GiB = 1024 ** 3;

export const memberUUIDOf = (slot: number): string => `0000000${slot}:0000000${slot}:0000000${slot}:0000000${slot}`;

/** A two-copy volume nobody owns yet; what is given replaces what is not. */
export function aVolume(
  spec: Partial<MeshStorVolumeSpec> = {},
  status: MeshStorVolumeStatus = {},
  metadata: Partial<MeshStorVolume['metadata']> = {},
): MeshStorVolume {
  return {
    apiVersion: 'csi.meshstor.io/v1alpha1',
    kind: 'MeshStorVolume',
    metadata: {
      name: 'pvc-1',
      uid: volumeUID,
      resourceVersion: '1',
      generation: 1,
      finalizers: [finalizers.volume],
      ...metadata,
    },
    spec: {
      capacityBytes: GiB,
      numberOfCopies: 2,
      drivesPerCopy: 1,
      memberMissingTimeout: 900,
      fsType: 'xfs',
      volumeMode: 'Filesystem',
      migratable: false,
      memberLossPolicy: 'Wait',
      followConsumer: true,
      ...spec,
    },
    status,
  };
}

/** A partition made and confirmed for its epoch: exported unless the owner is on its node. */
export function aPartition(slot: number, nodeName: string, owner = 'node1', epoch = 1): MeshStorPartition {
  const uuid = partitionUUID(volumeUID, slot);
  const local = nodeName === owner;
  return {
    apiVersion: 'csi.meshstor.io/v1alpha1',
    kind: 'MeshStorPartition',
    metadata: {
      name: partitionName('pvc-1', slot),
      uid: `partition-${slot}`,
      labels: { [labels.node]: nodeName, [labels.consumer]: owner, [labels.volume]: 'pvc-1' },
      finalizers: [finalizers.partition],
    },
    spec: {
      volumeName: 'pvc-1',
      volumeUID,
      nodeName,
      device: 'nvme0n1',
      deviceID: `uuid.${nodeName}-nvme0n1`,
      partitionUUID: uuid,
      sizeBytes: layoutOf(aVolume().spec).partitionBytes,
      slot,
      epoch,
      importers: local ? [] : [owner],
    },
    status: {
      state: 'Created',
      partitionUUID: uuid,
      export: local
        ? { epoch, state: 'None' }
        : {
            epoch,
            state: 'Serving',
            nqn: exportNQN(volumeUID, uuid, epoch),
            namespaceUUID: namespaceUUID(uuid, epoch),
            transport: 'tcp',
            address: '10.0.0.2',
            port: 4420,
          },
      conditions: [
        { type: 'Ready', status: 'True', reason: 'Created', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' },
      ],
    },
  };
}

export const recordOf = (slot: number, role = slot) => ({
  partitionUUID: partitionUUID(volumeUID, slot),
  memberUUID: memberUUIDOf(slot),
  slot,
  role,
});

export const anImport = (slot: number, state: ImportState = ImportState.LIVE, epoch = 1, session?: string) => {
  const uuid = partitionUUID(volumeUID, slot);
  return { nqn: exportNQN(volumeUID, uuid, epoch, session), namespaceUuid: namespaceUUID(uuid, epoch), state };
};

/** A partition as it is on a drive in this session, and, where it is exported, served from there. */
export function onDrive(
  partition: MeshStorPartition,
  driveSession: string,
  volatileWriteCache = true,
): MeshStorPartition {
  const { spec, status } = partition;
  const session = volatileWriteCache ? driveSession : undefined;
  const nqn = exportNQN(volumeUID, spec.partitionUUID, spec.epoch, session);
  const served = status!.export!.state === 'Serving' ? { ...status!.export!, nqn } : status!.export!;
  return { ...partition, status: { ...status!, driveSession, volatileWriteCache, export: served } };
}

/** A member map with a working path that queues; with an md superblock when the array is given. */
export function aMember(slot: number, change: Partial<Member> = {}): Member {
  const uuid = partitionUUID(volumeUID, slot);
  return {
    slot,
    partitionUuid: uuid,
    path: { partitionUuid: uuid },
    queueing: true,
    superblock: undefined,
    sizeBytes: 1,
    epoch: 1,
    ...change,
  };
}

export const aSuperblock = (slot: number, array = arrayUUID(volumeUID)) => ({
  arrayUuid: array,
  memberUuid: memberUUIDOf(slot),
  events: 1,
});

export const inArray = (
  slot: number,
  state: ArrayMemberState = ArrayMemberState.IN_SYNC,
  role = slot,
): ArrayMember => ({
  slot,
  role: state === ArrayMemberState.SPARE || state === ArrayMemberState.FAULTY ? -1 : role,
  state,
  memberUuid: memberUUIDOf(slot),
  beingReplaced: false,
  replacement: false,
});

/** A stack whose array, when it has members, runs idle. */
export function aStack(change: { [K in keyof Stack]?: Stack[K] } & { running?: ArrayMember[] } = {}): Stack {
  const { running, ...rest } = change;
  const array = running && {
    uuid: arrayUUID(volumeUID),
    level: 'ARRAY_LEVEL_RAID1' as const,
    raidDevices: 2,
    sizeBytes: GiB,
    syncAction: SyncAction.IDLE,
    syncDone: 0,
    syncTotal: 0,
    degraded: 0,
    members: running,
    mismatchCount: 0,
    readOnly: false,
    syncFloorKibPerSecond: 0,
  };
  return { imports: [], members: [], array, device: undefined, mountPaths: [], ...rest };
}

export const aDevice = (change: Partial<NonNullable<Stack['device']>> = {}) => ({
  path: '/dev/mapper/meshstor-pvc-1',
  sizeBytes: GiB,
  suspended: false,
  openCount: 0,
  ...change,
});
