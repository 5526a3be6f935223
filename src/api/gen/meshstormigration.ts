// Generated from crds/ by `make generate`. Do not edit.
/* eslint-disable */

import type { ObjectMeta } from '../meta';

export interface MeshStorMigrationSpec {
  volumeName: string;
  type: 'Member' | 'Live';
  /**
   * What it is made for. Expansion is reserved; not set by this version.
   */
  reason: 'User' | 'ConsumerDrain' | 'MemberMissing' | 'Expansion' | 'Evacuation' | 'Scaling';
  /**
   * The member to move away from. Unset when a copy is only added.
   */
  source?: {
    nodeName?: string;
    device?: string;
  };
  /**
   * Where to. Unset means the placement rules choose.
   */
  target?: {
    nodeName?: string;
    device?: string;
  };
  paused: boolean;
  cancelled: boolean;
  /**
   * Show the plan in status and change nothing.
   */
  dryRun: boolean;
}

export interface MeshStorMigrationStatus {
  observedGeneration?: number;
  /**
   * How far it is. Ready is reserved; not set by this version.
   */
  phase?:
    'Pending' | 'NotSupported' | 'Preparing' | 'Ready' | 'Running' | 'Paused' | 'Completed' | 'Cancelled' | 'Failed';
  /**
   * Node and drive that are left.
   */
  from?: string;
  /**
   * Node and drive that are moved to.
   */
  to?: string;
  /**
   * Of the synchronisation, for example 12.5%.
   */
  progress?: string;
  /**
   * The partitions concerned, decided once.
   */
  moves?: {
    /**
     * MeshStorPartition that leaves; unset when a copy is added.
     */
    source?: string;
    /**
     * MeshStorPartition that joins; unset when a copy is removed.
     */
    target?: string;
    nodeName?: string;
    device?: string;
    deviceID?: string;
    slot?: number;
  }[];
  /**
   * Bytes to be copied.
   */
  bytesTotal?: number;
  bytesDone?: number;
  /**
   * Since the synchronisation began.
   */
  bytesPerSecond?: number;
  etaSeconds?: number;
  /**
   * What is done, step by step.
   */
  plan?: string[];
  /**
   * Members in sync at the worst moment of the plan.
   */
  lowestInSync?: number;
  startedAt?: string;
  syncStartedAt?: string;
  completedAt?: string;
  conditions?: {
    type: string;
    status: 'True' | 'False' | 'Unknown';
    reason: string;
    message: string;
    lastTransitionTime: string;
    observedGeneration?: number;
  }[];
}

/** A move: of one member of a volume to another drive or node, or of a running consumer to another node. */
export interface MeshStorMigration {
  apiVersion: 'csi.meshstor.io/v1alpha1';
  kind: 'MeshStorMigration';
  metadata: ObjectMeta;
  spec: MeshStorMigrationSpec;
  status?: MeshStorMigrationStatus;
}
