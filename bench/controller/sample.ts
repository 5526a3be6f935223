import { randomUUID } from 'node:crypto';
import type { MeshStorPartition } from '../../src/api/gen/meshstorpartition';
import type { MeshStorVolume } from '../../src/api/gen/meshstorvolume';
import { arrayUUID, exportNQN, mdUUID, namespaceUUID, partitionUUID } from '../../src/api/identity';
import { layoutOf } from '../../src/api/layout';
import { quantity } from '../../src/api/quantity';

/**
 * A cluster of 100 nodes with four drives each, its volumes synced and attached, as the API serves it: nobody finds
 * anything to do or to write about it.
 */
export const nodes = 100;
export const drives = 4;
const created = '2026-01-12T09:30:00Z';
let version = 1_000_000;

export const nodeName = (n: number) => `worker-${String(n % nodes).padStart(3, '0')}.example.internal`;
export const deviceID = (n: number, drive: number) =>
  `uuid.0025${String(n % nodes).padStart(4, '0')}-0000-4000-8000-${String(drive).padStart(12, '0')}`;
export const addressOf = (node: string) => `10.0.0.${Number(/\d+/.exec(node)![0])}`;
const at = (n: number) => new Date(Date.parse(created) + n * 1009).toISOString().replace(/\.\d+Z/, 'Z');
const condition = (type: string, reason: string, message: string, n: number) => ({
  type,
  status: 'True' as const,
  reason,
  message,
  lastTransitionTime: at(n),
});
const capacityOf = (n: number) => (10 + (n % 90)) * 2 ** 30;
const partitionBytesOf = (n: number) =>
  layoutOf({ capacityBytes: capacityOf(n), numberOfCopies: 2, drivesPerCopy: 1 }).partitionBytes;

/** What the API server adds for two writers; no reader keeps it. */
const managedFields = (fields: object) =>
  ['meshstor-controller', 'meshstor-node'].map((manager) => ({
    manager,
    operation: 'Apply',
    apiVersion: 'csi.meshstor.io/v1alpha1',
    time: created,
    fieldsType: 'FieldsV1',
    fieldsV1: owned(fields),
    subresource: 'status',
  }));
const owned = (value: object): object =>
  Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      `f:${key}`,
      typeof item === 'object' && item !== null && !Array.isArray(item) ? owned(item as object) : {},
    ]),
  );

export interface Sample {
  volume: MeshStorVolume;
  partitions: MeshStorPartition[];
}

export function sample(n: number): Sample {
  const uid = randomUUID();
  const name = `pvc-${randomUUID()}`;
  const slots = [0, 1].map((slot) => {
    const owner = n * 7 + slot * 31;
    const uuid = partitionUUID(uid, slot);
    const memberUUID = mdUUID(randomUUID());
    return { slot, node: nodeName(owner), drive: n % drives, id: deviceID(owner, n % drives), uuid, memberUUID };
  });
  const consumer = slots[0]!.node;
  return {
    volume: volumeOf(n, name, uid, consumer, slots),
    partitions: slots.map((slot) => partitionOf(n, name, uid, consumer, slot)),
  };
}

interface Slot {
  slot: number;
  node: string;
  drive: number;
  id: string;
  uuid: string;
  memberUUID: string;
}

function volumeOf(n: number, name: string, uid: string, consumer: string, slots: Slot[]): MeshStorVolume {
  const spec: MeshStorVolume['spec'] = {
    capacityBytes: capacityOf(n),
    numberOfCopies: 2,
    drivesPerCopy: 1,
    memberMissingTimeout: 900,
    fsType: 'xfs',
    volumeMode: 'Filesystem',
    accessModes: ['ReadWriteOnce'],
    migratable: false,
    memberLossPolicy: 'Wait',
    followConsumer: true,
    nodeName: consumer,
  };
  const status: MeshStorVolume['status'] = {
    observedGeneration: 2,
    phase: 'Synced',
    nodeName: consumer,
    owner: { nodeName: consumer, epoch: 1 + (n % 3), purpose: 'Attach', since: at(n + 3) },
    inSync: slots.map(({ uuid, memberUUID, slot }) => ({ partitionUUID: uuid, memberUUID, slot, role: slot })),
    formattedAt: at(n + 5),
    array: {
      epoch: 1 + (n % 3),
      nodeName: consumer,
      uuid: mdUUID(arrayUUID(uid)),
      state: 'Running',
      createdAt: at(n + 1),
      device: `/dev/mapper/meshstor-${name}`,
      members: slots.map(({ uuid, memberUUID, slot }) => ({ partitionUUID: uuid, memberUUID, slot, state: 'InSync' })),
    },
    mdState: 'active',
    ready: '2/2',
    totalDevices: 2,
    activeDevices: 2,
    failedDevices: 0,
    missingDevices: 0,
    degradedDevices: 0,
    partitions: slots.map(({ slot, node, drive, uuid }) => ({
      name: `${name}-${slot}`,
      nodeID: node,
      device: `nvme${drive}n1`,
      partitionUUID: uuid,
      state: 'Synced',
      sizeBytes: partitionBytesOf(n),
      updatedAt: at(n + 6),
    })),
    conditions: [
      condition('Provisioned', 'Allocated', 'Every partition exists on its drive.', n + 2),
      condition('Redundant', 'InSync', '2 of 2 members hold every write.', n + 6),
      condition('SpecApplied', 'Applied', 'The spec is in effect.', n),
      condition('Attached', 'Attached', `Attached to ${consumer}.`, n + 3),
      condition('ArrayReady', 'Assembled', `/dev/mapper/meshstor-${name} is ready.`, n + 5),
    ],
  };
  return {
    apiVersion: 'csi.meshstor.io/v1alpha1',
    kind: 'MeshStorVolume',
    metadata: {
      name,
      uid,
      resourceVersion: `${version++}`,
      generation: 2,
      creationTimestamp: at(n),
      labels: { 'meshstor.io/consumer': consumer },
      finalizers: ['meshstor.io/volume'],
      managedFields: managedFields({ spec, status }),
    },
    spec,
    status,
  };
}

function partitionOf(n: number, volumeName: string, uid: string, consumer: string, slot: Slot): MeshStorPartition {
  const sizeBytes = partitionBytesOf(n);
  const epoch = 1 + (n % 3);
  const remote = slot.node !== consumer;
  const spec: MeshStorPartition['spec'] = {
    volumeName,
    volumeUID: uid,
    nodeName: slot.node,
    device: `nvme${slot.drive}n1`,
    deviceID: slot.id,
    partitionUUID: slot.uuid,
    sizeBytes,
    slot: slot.slot,
    epoch,
    importers: remote ? [consumer] : [],
  };
  const serving: NonNullable<MeshStorPartition['status']>['export'] = {
    epoch,
    state: 'Serving',
    nqn: exportNQN(uid, slot.uuid, epoch),
    namespaceUUID: namespaceUUID(slot.uuid, epoch),
    transport: 'tcp',
    address: addressOf(slot.node),
    port: 4420,
  };
  const status: MeshStorPartition['status'] = {
    observedGeneration: 1,
    state: 'Created',
    partitionUUID: slot.uuid,
    sizeBytes,
    size: quantity(sizeBytes),
    export: remote ? serving : { epoch, state: 'None' },
    conditions: [condition('Ready', 'Created', 'The partition exists and serves its epoch.', n + 1)],
  };
  return {
    apiVersion: 'csi.meshstor.io/v1alpha1',
    kind: 'MeshStorPartition',
    metadata: {
      name: `${volumeName}-${slot.slot}`,
      uid: randomUUID(),
      resourceVersion: `${version++}`,
      generation: 1,
      creationTimestamp: at(n),
      labels: {
        'meshstor.io/node': slot.node,
        'meshstor.io/consumer': consumer,
        'meshstor.io/volume': volumeName,
      },
      finalizers: ['meshstor.io/partition'],
      ownerReferences: [
        {
          apiVersion: 'csi.meshstor.io/v1alpha1',
          kind: 'MeshStorVolume',
          name: volumeName,
          uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
      managedFields: managedFields({ spec, status }),
    },
    spec,
    status,
  };
}
