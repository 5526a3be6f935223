import { exportNQN, hostIdentity, namespaceUUID, partitionUUID } from '../../../src/api/identity';
import type { MeshStorPartition } from '../../../src/api/model';
import { Endpoint, Transport, type Export, type Partition } from '../../../src/host/gen/host';
import { aPartition, volumeUID } from '../../support/objects';

export const uuid = partitionUUID(volumeUID, 1);
export const endpoint = Endpoint.fromPartial({ transport: Transport.TCP, address: '10.0.0.2', port: 4420 });
export const deleting = { deletionTimestamp: '2026-01-01T00:00:00Z' };

interface Change {
  readonly spec?: Partial<MeshStorPartition['spec']>;
  readonly status?: MeshStorPartition['status'];
  readonly metadata?: Partial<MeshStorPartition['metadata']>;
}

/** Slot 1 on node2, importable by node1; never looked at by its node unless a status is given. */
export function wish({ spec, status, metadata }: Change = {}): MeshStorPartition {
  const partition = aPartition(1, 'node2');
  return {
    ...partition,
    metadata: { ...partition.metadata, generation: 1, ...metadata },
    spec: { ...partition.spec, ...spec },
    status,
  };
}

/** The same, made and confirmed. */
export const made = (change: Omit<Change, 'status'> = {}): MeshStorPartition =>
  wish({ ...change, status: { ...aPartition(1, 'node2').status!, sizeBytes: 1 } });

export function anExport(epoch = 1, change: Partial<Export> = {}): Export {
  return {
    nqn: exportNQN(volumeUID, uuid, epoch),
    partitionUuid: uuid,
    namespaceUuid: namespaceUUID(uuid, epoch),
    hostNqns: [hostIdentity('node1').hostNQN],
    endpoint,
    fenced: false,
    ...change,
  };
}

export function onDrive(change: Partial<Partition> = {}): { state: 'present'; partition: Partition } {
  return {
    state: 'present',
    partition: {
      uuid,
      driveId: 'uuid.node2-nvme0n1',
      driveName: 'nvme0n1',
      startBytes: 1024 ** 2,
      sizeBytes: made().spec.sizeBytes,
      label: 'meshstor:3f1c2d4e0000400080000000',
      exports: [],
      heldByVolumeUid: '',
      volatileWriteCache: false,
      driveSession: 'boot-1.1',
      ...change,
    },
  };
}
