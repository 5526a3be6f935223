// Generated from crds/ by `make generate`. Do not edit.
/* eslint-disable */

import type { ObjectMeta } from '../meta';

/**
 * What is wanted. Written by people and by the CSI services.
 */
export interface MeshStorVolumeSpec {
  /**
   * Usable bytes the volume must offer. May only grow.
   */
  capacityBytes: number;
  /**
   * Complete copies of the data, each on a node of its own.
   */
  numberOfCopies: number;
  /**
   * Drives that share one copy. More than one makes the array a RAID10 (near-2, 64 KiB chunk).
   */
  drivesPerCopy: number;
  /**
   * Seconds a member may be missing before it is replaced on another node.
   */
  memberMissingTimeout: number;
  /**
   * Logical sector size the drives must have. Unset means whatever the chosen drives have.
   */
  sectorSize?: 512 | 4096;
  /**
   * File system made once on a volume of mode Filesystem.
   */
  fsType: 'xfs' | 'ext4';
  volumeMode: 'Filesystem' | 'Block';
  /**
   * Access modes the volume was provisioned for. ReadOnlyMany and ReadWriteMany are reserved; not set by this version.
   */
  accessModes?: ('ReadWriteOnce' | 'ReadWriteOncePod' | 'ReadOnlyMany' | 'ReadWriteMany')[];
  /**
   * Whether the volume may be attached to two nodes while a virtual machine moves. Reserved; this version attaches every volume to one node.
   */
  migratable: boolean;
  /**
   * What to do when a running volume's last copy comes back from a drive that may have forgotten writes (it has a volatile write cache and was without power). Wait holds I/O, with the reason CacheLost. Available takes it back as it is, at the risk of writes that were acknowledged and not flushed.
   */
  memberLossPolicy: 'Wait' | 'Available';
  /**
   * Whether a copy moves to the node the volume is attached to, when none is there and there is room.
   */
  followConsumer: boolean;
  /**
   * Where copies may and should be placed, as asked for at provisioning.
   */
  topology?: {
    /**
     * Only nodes matching one of these terms get a copy; empty means every node.
     */
    requisite?: {
      [k: string]: string;
    }[];
    /**
     * Nodes to prefer, best first.
     */
    preferred?: {
      [k: string]: string;
    }[];
  };
  /**
   * Nodes (and drives) chosen by a person for the copies. Empty means automatic.
   */
  placement?: {
    nodeName: string;
    /**
     * A drive of that node, by its kernel name (nvme0n1).
     */
    device?: string;
  }[];
  /**
   * Node the volume is attached to. Written by the CSI controller service.
   */
  nodeName?: string;
  /**
   * Second node during a live migration. Reserved; not set by this version, which answers it with SpecApplied False.
   */
  migrationNodeName?: string;
  /**
   * Ownership epoch whose consumer has let go of the volume (NodeUnstageVolume). While it equals status.owner.epoch the array stays stopped.
   */
  releasedEpoch?: number;
}

/**
 * What is. Each field has one writer.
 */
export interface MeshStorVolumeStatus {
  observedGeneration?: number;
  /**
   * What is being done with the volume. Expanding is reserved; not set by this version.
   */
  phase?: 'Requested' | 'Syncing' | 'Synced' | 'Expanding' | 'Replacing' | 'Deleting' | 'Failed';
  /**
   * Node that may use the volume now.
   */
  nodeName?: string;
  /**
   * Second node that may use the volume. Reserved; not set by this version.
   */
  migrationNodeName?: string;
  /**
   * The one node that may assemble the array. Changed only by compare-and-swap; the epoch rises with every change of the node, and every export carries it.
   */
  owner?: {
    nodeName: string;
    epoch: number;
    /**
     * Initialize: the array is built and synchronised before anybody uses it. Attach: a consumer is, or was last, attached on this node.
     */
    purpose: 'Initialize' | 'Attach';
    since?: string;
    /**
     * The owner before, whose copy is the one to move when the volume moved.
     */
    formerNodeName?: string;
  };
  /**
   * Members that hold every acknowledged write. Shrunk before I/O goes on without a member, grown after md reports the member fully in sync. The only truth about content.
   */
  inSync?: {
    partitionUUID: string;
    /**
     * Device UUID in the member's md superblock.
     */
    memberUUID: string;
    /**
     * Slot of the partition, which names its member map.
     */
    slot: number;
    /**
     * Role md gave it; tells which members mirror each other.
     */
    role: number;
    /**
     * The session of its drive in which the array writes to it, where the drive's cache does not outlive it; taken away when the array has stopped and everything is on the medium.
     */
    driveSession?: string;
    /**
     * Beside driveSession. It is on the node where the array runs.
     */
    local?: boolean;
  }[];
  /**
   * Members that left the array under the present epoch. One of them can be taken back by the bitmap as long as nobody else was given its role.
   */
  departed?: {
    partitionUUID: string;
    memberUUID: string;
    slot: number;
    role: number;
    epoch: number;
    /**
     * Session of the drive when the member left. A drive with a volatile cache that has begun another since, and so may have lost power, is synchronised in full.
     */
    driveSession?: string;
    /**
     * Its drive answered with errors. It is not taken back, but replaced.
     */
    faulty?: boolean;
  }[];
  /**
   * When the file system was made. Its presence forbids a second mkfs.
   */
  formattedAt?: string;
  /**
   * The md array as its owner's node sees it.
   */
  array?: {
    /**
     * Owner epoch under which this was observed.
     */
    epoch?: number;
    nodeName?: string;
    uuid?: string;
    state?: 'Running' | 'Stopped';
    /**
     * When the array was created. Its presence forbids a second creation.
     */
    createdAt?: string;
    /**
     * What consumers open.
     */
    device?: string;
    members?: {
      partitionUUID: string;
      memberUUID?: string;
      slot?: number;
      /**
       * Waiting: the member's last path is gone and I/O to it is held. Missing: expected, and not in the array.
       */
      state: 'InSync' | 'Recovering' | 'Spare' | 'Faulty' | 'Waiting' | 'Missing';
    }[];
  };
  /**
   * What md does with the array. Absent while the array is meant to be stopped; missing: it is not there though it should be. clean and empty are reserved; not set by this version.
   */
  mdState?: '' | 'active' | 'clean' | 'degraded' | 'recovering' | 'missing';
  /**
   * activeDevices/totalDevices.
   */
  ready?: string;
  /**
   * Members expected (numberOfCopies x drivesPerCopy).
   */
  totalDevices?: number;
  activeDevices?: number;
  failedDevices?: number;
  missingDevices?: number;
  degradedDevices?: number;
  /**
   * For example 12.5%. Empty while nothing is being synchronised.
   */
  syncPercentage?: string;
  partitions?: {
    /**
     * The MeshStorPartition.
     */
    name: string;
    nodeID: string;
    device?: string;
    partitionUUID?: string;
    state: 'Requested' | 'Created' | 'Syncing' | 'Synced' | 'Spare' | 'Faulty' | 'Missing' | 'Replacing' | 'Deleting';
    sizeBytes?: number;
    /**
     * When state last changed.
     */
    updatedAt?: string;
  }[];
  conditions?: {
    type: string;
    status: 'True' | 'False' | 'Unknown';
    reason: string;
    message: string;
    lastTransitionTime: string;
    observedGeneration?: number;
  }[];
}

/** A replicated volume: a Linux md array on the node where its consumer runs, made of partitions on several nodes. Created by the CSI driver for a PersistentVolumeClaim and named as its PersistentVolume; people read it, and edit its spec to steer it. */
export interface MeshStorVolume {
  apiVersion: 'csi.meshstor.io/v1alpha1';
  kind: 'MeshStorVolume';
  metadata: ObjectMeta;
  spec: MeshStorVolumeSpec;
  status?: MeshStorVolumeStatus;
}
