import { partitionUUID } from '../../../api/identity';
import { layoutOf } from '../../../api/layout';
import { apiVersionOf } from '../../../api/meta';
import type { MeshStorPartition, MeshStorVolume } from '../../../api/model';
import { finalizers, labels, nodeLabel, partitionName } from '../../../api/names';
import { partitions } from '../../../api/resources';
import { ApiError, isAlreadyExists, type KubeClient } from '../../../runtime/kube/client';
import type { Spot } from './placement';
import type { Promises } from './space';

export const fieldManager = 'meshstor-controller';

/** A partition to be asked for. */
export interface NewPartition {
  readonly slot: number;
  readonly spot: Spot;
  /** The node that runs the array. */
  readonly owner: string;
  /** UUID of the member whose place it is to take. */
  readonly replaces?: string;
}

/** Asks a node for a partition. Succeeds when the object exists already. */
export async function createPartition(
  { kube, promises }: { readonly kube: KubeClient; readonly promises: Promises },
  volume: MeshStorVolume,
  wanted: NewPartition,
): Promise<void> {
  const partition = partitionFor(volume, wanted);
  // Promised before the first await: another volume may be placed while this request is on its way.
  promises.promise(partition);
  try {
    promises.promise(await kube.create(partitions, partition, { fieldManager }));
  } catch (error) {
    // The cache had not shown it yet: either our own, from a pass whose answer was lost, or a namesake's.
    if (isAlreadyExists(error)) return;
    if (error instanceof ApiError) promises.settle(partition.metadata.name);
    throw error;
  }
}

function partitionFor(volume: MeshStorVolume, { slot, spot, owner, replaces }: NewPartition): MeshStorPartition {
  const { name, uid } = volume.metadata;
  return {
    apiVersion: apiVersionOf(partitions) as MeshStorPartition['apiVersion'],
    kind: 'MeshStorPartition',
    metadata: {
      name: partitionName(name, slot),
      finalizers: [finalizers.partition],
      labels: {
        [labels.node]: nodeLabel(spot.nodeName),
        [labels.consumer]: nodeLabel(owner),
        [labels.volume]: name,
      },
    },
    spec: {
      volumeName: name,
      volumeUID: uid!,
      nodeName: spot.nodeName,
      device: spot.device,
      deviceID: spot.deviceID,
      partitionUUID: partitionUUID(uid!, slot),
      sizeBytes: layoutOf(volume.spec).partitionBytes,
      slot,
      epoch: volume.status?.owner?.epoch ?? 1,
      importers: importersFor(spot.nodeName, owner),
      ...(replaces && { replaces }),
    },
  };
}

/** The owner's own partitions are not exported at all. */
export const importersFor = (partitionNode: string, ownerNode: string): string[] =>
  partitionNode === ownerNode ? [] : [ownerNode];
