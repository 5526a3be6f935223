import type { Layout } from '../../api/layout';
import type { MeshStorMigration, MeshStorPartition, MeshStorVolume, MigrationMove } from '../../api/model';
import { livePartitions } from '../../api/volume';
import type { Candidate } from '../volume/cluster/placement';
import type { Queue } from './queue';

/** Everything a decision about a migration rests on. */
export interface View {
  readonly migration: MeshStorMigration;
  /** Undefined: there is none of that name. */
  readonly volume: MeshStorVolume | undefined;
  readonly layout: Layout | undefined;
  /** The volume's, those on their way out included. */
  readonly partitions: readonly MeshStorPartition[];
  /** Slots that are taken, or promised to somebody. */
  readonly takenSlots: readonly number[];
  /** Drives, with what can be promised of them; only there while something has to be placed. */
  readonly candidates: readonly Candidate[];
  readonly deadNodes: ReadonlySet<string>;
  /** More nodes are silent than fail at once: nothing is given up for it. */
  readonly storm: boolean;
  /** Who else moves something, or waits to. */
  readonly queue: Queue;
}

const finalPhases: readonly (string | undefined)[] = ['Completed', 'Cancelled', 'Failed', 'NotSupported'];

export const isFinished = ({ status }: MeshStorMigration): boolean => finalPhases.includes(status?.phase);
/** Decided what to move where, and on the way. */
export const isStarted = (migration: MeshStorMigration): boolean =>
  !isFinished(migration) && (migration.status?.moves?.length ?? 0) > 0;

export const movesOf = ({ migration }: View): readonly MigrationMove[] => migration.status?.moves ?? [];

/** Partitions of the volume that count, by slot. */
export const live = ({ volume, partitions }: View): MeshStorPartition[] =>
  volume ? livePartitions(volume, partitions).sort((a, b) => a.spec.slot - b.spec.slot) : [];

export const named = ({ partitions }: View, name: string | undefined): MeshStorPartition | undefined =>
  partitions.find(({ metadata }) => metadata.name === name);

export const isLeaving = ({ metadata }: MeshStorPartition): boolean => metadata.deletionTimestamp !== undefined;

/** Whether the partition holds every acknowledged write, by the record. */
export const isRecorded = ({ volume }: View, { spec }: MeshStorPartition): boolean =>
  volume?.status?.inSync?.some(({ partitionUUID }) => partitionUUID === spec.partitionUUID) ?? false;

/** Whether md has it as a member, in any state. */
export const isInArray = ({ volume }: View, { spec }: MeshStorPartition): boolean =>
  volume?.status?.array?.members?.some(
    ({ partitionUUID, state }) => partitionUUID === spec.partitionUUID && state !== 'Missing',
  ) ?? false;

/** Whether the array runs under the present owner, so that members can be synchronised. What a dead one said is old. */
export function isRunning({ volume, deadNodes }: View): boolean {
  const { array, owner } = volume?.status ?? {};
  return array?.state === 'Running' && array.epoch === owner?.epoch && !deadNodes.has(owner!.nodeName);
}

/** Whether the cluster half counts it as lost, which is why it may ask for another in its place (C11). */
export const isAway = ({ volume }: View, { metadata }: MeshStorPartition): boolean =>
  volume?.status?.partitions?.some(
    ({ name, state }) => name === metadata.name && (state === 'Missing' || state === 'Faulty'),
  ) ?? false;
