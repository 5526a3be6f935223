// Generated from crds/ by `make generate`. Do not edit.
/* eslint-disable */

import type { ObjectMeta } from '../meta';

/**
 * What is wanted. Written by the controller.
 */
export interface MeshStorPartitionSpec {
  volumeName: string;
  /**
   * UID of the MeshStorVolume; tells a volume from a later one of the same name.
   */
  volumeUID: string;
  nodeName: string;
  /**
   * Kernel name of the drive when it was chosen; for people.
   */
  device: string;
  /**
   * Stable identity of the drive (its NVMe namespace id).
   */
  deviceID: string;
  /**
   * GPT unique partition GUID, derived from the volume's UID and the slot.
   */
  partitionUUID: string;
  /**
   * Size of the partition, md's own space included.
   */
  sizeBytes: number;
  /**
   * The partition's own number within its volume, which its names carry. Its place in the array is its role, which md gives it.
   */
  slot: number;
  /**
   * Ownership epoch that exports must carry. Exports of earlier epochs are torn down.
   */
  epoch: number;
  /**
   * Nodes that may import the partition under this epoch. Empty means no export.
   */
  importers?: string[];
  /**
   * partitionUUID of the member whose place this one is to take.
   */
  replaces?: string;
  /**
   * Copying onto it pauses. Follows spec.paused of the MeshStorMigration that it is a target of.
   */
  copyPaused?: boolean;
  /**
   * A person's wish to have this partition moved elsewhere.
   */
  evictRequested?: boolean;
}

/**
 * What is. Written by the node that has the drive.
 */
export interface MeshStorPartitionStatus {
  observedGeneration?: number;
  state?: 'Requested' | 'Created' | 'Deleting';
  /**
   * As read from the drive.
   */
  partitionUUID?: string;
  sizeBytes?: number;
  /**
   * sizeBytes for people.
   */
  size?: string;
  /**
   * Confirmation of spec.epoch. Once this names an epoch, no earlier export of the partition exists on the node.
   */
  export?: {
    epoch: number;
    state: 'Serving' | 'None';
    nqn?: string;
    namespaceUUID?: string;
    transport?: 'tcp' | 'rdma';
    address?: string;
    port?: number;
  };
  /**
   * Changes when the node boots and when the drive is taken out and put in. On record before anything is exported in it.
   */
  driveSession?: string;
  /**
   * Whether the drive may lose what it acknowledged when it loses power.
   */
  volatileWriteCache?: boolean;
  /**
   * Progress of erasing the content before the space is offered again.
   */
  wipe?: {
    state?: 'Running' | 'Done';
    bytesDone?: number;
  };
  conditions?: {
    type: string;
    status: 'True' | 'False' | 'Unknown';
    reason: string;
    message: string;
    lastTransitionTime: string;
    observedGeneration?: number;
  }[];
}

/** One GPT partition on one drive of one node, holding one member of a volume's array. Created and steered by the controller, carried out by the node that has the drive. */
export interface MeshStorPartition {
  apiVersion: 'csi.meshstor.io/v1alpha1';
  kind: 'MeshStorPartition';
  metadata: ObjectMeta;
  spec: MeshStorPartitionSpec;
  status?: MeshStorPartitionStatus;
}
