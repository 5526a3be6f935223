import type { MeshStorPartition, MeshStorVolume } from '../../../../src/api/model';
import { AddMode } from '../../../../src/host/gen/host';
import type { Asked } from './destruction';

/** I2: an array is assembled from all the members that are recorded, from nothing else, and each is who it should be. */
export function againstAssembling({ status }: MeshStorVolume, { members = [] }: Asked): string | undefined {
  const recorded = (status?.inSync ?? []).map(({ slot, memberUUID }) => `slot ${slot} (${memberUUID})`);
  const asked = members.map(({ slot, memberUuid }) => `slot ${slot} (${memberUuid})`);
  const missing = recorded.filter((member) => !asked.includes(member));
  const strange = asked.filter((member) => !recorded.includes(member));
  if (missing.length > 0) return `${missing.join(', ')} is recorded and left out`;
  return strange.length > 0 ? `${strange.join(', ')} is not recorded` : undefined;
}

/** By the bitmap comes back only who left under this epoch, whose role nobody had since, and whose drive forgot nothing. */
export function againstReturning(
  { status }: MeshStorVolume,
  partitions: readonly MeshStorPartition[],
  { mode, slot }: Asked,
): string | undefined {
  if (mode !== AddMode.RE_ADD) return undefined;
  const departed = status?.departed?.find((member) => member.slot === slot);
  if (departed?.epoch !== status?.owner?.epoch) return 'nobody knows what it has missed since it left';
  if (departed!.faulty) return 'its drive refused what it would get again';
  if (status?.inSync?.some(({ role }) => role === departed!.role)) return 'another member has had its role';
  const { driveSession, volatileWriteCache } =
    partitions.find(({ spec }) => spec.partitionUUID === departed!.partitionUUID)?.status ?? {};
  const isForgetful = volatileWriteCache !== false && driveSession !== departed!.driveSession;
  return isForgetful ? 'its drive may have forgotten what it had acknowledged' : undefined;
}
