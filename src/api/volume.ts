import { conditionTypes } from './conditions';
import { layoutOf } from './layout';
import type { Condition } from './meta';
import type { MeshStorPartition, MeshStorVolume, Owner } from './model';

/** Pure questions about a volume that more than one process asks. */

/** Partitions that count: not on their way out, and of this very volume, not of a namesake. */
export function livePartitions(volume: MeshStorVolume, partitions: readonly MeshStorPartition[]): MeshStorPartition[] {
  return partitions.filter(
    ({ metadata, spec }) => spec.volumeUID === volume.metadata.uid && metadata.deletionTimestamp === undefined,
  );
}

/**
 * Partitions that the owner works with: those that count, and recorded ones until they are recorded no more,
 * whoever asked for their deletion.
 */
export function memberPartitions(
  volume: MeshStorVolume,
  partitions: readonly MeshStorPartition[],
): MeshStorPartition[] {
  const recorded = new Set(volume.status?.inSync?.map(({ partitionUUID }) => partitionUUID));
  const live = new Set(livePartitions(volume, partitions));
  return partitions.filter(
    (partition) =>
      live.has(partition) ||
      (partition.spec.volumeUID === volume.metadata.uid && recorded.has(partition.spec.partitionUUID)),
  );
}

/** Whether the node that has the partition has made it and confirmed its present epoch. */
export function isCreated({ spec, status }: MeshStorPartition): boolean {
  return status?.state === 'Created' && status.export?.epoch === spec.epoch;
}

/**
 * The session of a drive whose end may cost writes that were acknowledged: its cache is volatile, or nobody knows that
 * it is not. Undefined for a drive that keeps everything, and where the kernel does not tell sessions.
 */
export const cacheSession = (drive: {
  driveSession?: string | undefined;
  volatileWriteCache?: boolean | undefined;
}): string | undefined => (drive.volatileWriteCache === false ? undefined : drive.driveSession || undefined);

/** The boot of its node that a session belongs to; all of a session that does not tell. */
export const bootOf = (session: string | undefined): string | undefined => session?.split('.')[0];

/** Whether all space is allocated on the drives: from here on the volume can be attached. */
export function isProvisioned(volume: MeshStorVolume, partitions: readonly MeshStorPartition[]): boolean {
  const created = livePartitions(volume, partitions).filter(isCreated);
  return created.length >= layoutOf(volume.spec).expectedMembers;
}

/**
 * Whether `nodeName` should run the array: it owns the volume and somebody there, or nobody yet anywhere,
 * uses it.
 */
export function isWantedOn(volume: MeshStorVolume, nodeName: string): boolean {
  const owner = volume.status?.owner;
  if (!owner || owner.nodeName !== nodeName) return false;
  if (volume.metadata.deletionTimestamp !== undefined && volume.spec.nodeName === undefined) return false;
  if (volume.spec.releasedEpoch === owner.epoch) return false;
  if (volume.spec.nodeName === undefined) return owner.purpose === 'Initialize';
  return volume.spec.nodeName === nodeName;
}

/** Whether the array of the owner's epoch is known to run nowhere. */
export function isStopped(volume: MeshStorVolume, owner: Owner): boolean {
  const array = volume.status?.array;
  return array?.epoch === owner.epoch && array.state === 'Stopped';
}

/** Whether consumers on the owner's node may open the volume's device now. */
export function isArrayReady(volume: MeshStorVolume): boolean {
  const { owner, array } = volume.status ?? {};
  return (
    owner !== undefined &&
    array?.epoch === owner.epoch &&
    array.state === 'Running' &&
    conditionOf(volume, conditionTypes.arrayReady)?.status === 'True'
  );
}

export function conditionOf(object: { status?: { conditions?: Condition[] } }, type: string): Condition | undefined {
  return object.status?.conditions?.find((condition) => condition.type === type);
}
