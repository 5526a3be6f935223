import type { MeshStorPartition, MeshStorVolume } from '../../api/model';
import type { Obstacle } from './decide';

/**
 * Why a partition must be kept although somebody deleted its object: as long as its volume lives and counts
 * on it, its content goes nowhere. `volume` is what etcd has under the volume's name.
 */
export function keepReason(
  { metadata, spec }: MeshStorPartition,
  volume: MeshStorVolume | undefined,
): Obstacle | undefined {
  if (volume?.metadata.uid !== spec.volumeUID) return undefined;
  if (volume.metadata.deletionTimestamp !== undefined && volume.spec.nodeName === undefined) return undefined;
  const recorded = volume.status?.inSync?.some(({ partitionUUID }) => partitionUUID === spec.partitionUUID);
  if (!recorded) return undefined;
  const message = `${metadata.name} holds recorded data of volume ${spec.volumeName}, which is in use. It is kept until the volume is deleted or does not count on it any more.`;
  return { reason: 'StillInSync', message };
}
