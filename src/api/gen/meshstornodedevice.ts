// Generated from crds/ by `make generate`. Do not edit.
/* eslint-disable */

import type { ObjectMeta } from '../meta';

export interface MeshStorNodeDeviceSpec {
  /**
   * Full name of the node.
   */
  node: string;
  /**
   * Full kernel name of the drive (nvme0n1).
   */
  device: string;
  /**
   * Set by a person to keep new partitions off this drive.
   */
  cordoned: boolean;
  /**
   * Set by a person to have the drive's partitions moved away.
   */
  evacuate: boolean;
  /**
   * Set by a person. Until then no member on this drive's node is replaced for being missing.
   */
  maintenanceUntil?: string;
}

export interface MeshStorNodeDeviceStatus {
  /**
   * Stable identity of the drive now behind this name (its NVMe namespace id).
   */
  deviceID?: string;
  model?: string;
  serial?: string;
  sizeBytes?: number;
  size?: string;
  sectorSize?: number;
  multiQueue?: number;
  /**
   * WriteBack drives can lose flushed writes with their power when the NVMe path fails in the middle of a flush; a member on one is fully synchronised after such a loss.
   */
  writeCache?: 'WriteBack' | 'WriteThrough';
  localPartitions?: number;
  remotePartitions?: number;
  unknownPartitions?: number;
  freeBytes?: number;
  /**
   * Largest stretch in which a new partition fits; 0 when the drive cannot be used.
   */
  biggestUsableFreeBytes?: number;
  biggestUsableFreeSpace?: string;
  /**
   * Heartbeat. While it is older than 60 s the drive gets no placement.
   */
  updatedAt?: string;
  /**
   * What the node can do.
   */
  facts?: {
    kernel?: string;
    mdadm?: string;
    rdma?: boolean;
    /**
     * The node's topology.kubernetes.io/zone label.
     */
    zone?: string;
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

/** One NVMe drive of one node. Created and reported by the node that has it. */
export interface MeshStorNodeDevice {
  apiVersion: 'csi.meshstor.io/v1alpha1';
  kind: 'MeshStorNodeDevice';
  metadata: ObjectMeta;
  spec: MeshStorNodeDeviceSpec;
  status?: MeshStorNodeDeviceStatus;
}
