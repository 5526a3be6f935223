import type { DepartedMember, InSyncMember } from '../../../api/model';
import { departedOf, isFaultyPerMd, isUsable, type Leg, type OwnedView } from './view';

/**
 * Who is away after this record, and may come back by the bitmap: those that were, and those that go now, as long
 * as nobody else has their role. What was in the array under another epoch, and was not fenced for this one, may
 * have been written to elsewhere.
 */
export function departedAfter(
  { volume, owner }: OwnedView,
  inSync: readonly InSyncMember[],
  going: readonly Leg[],
): DepartedMember[] {
  const before = departedOf(volume, owner).filter(
    (old) => !going.some((leg) => leg.partitionUUID === old.partitionUUID),
  );
  const now = going.filter((leg) => leg.recorded && leg.partition.status?.export?.epoch === owner.epoch).map(departure);
  return [...before, ...now].filter(
    ({ partitionUUID, role }) =>
      !inSync.some((member) => member.partitionUUID === partitionUUID || member.role === role),
  );

  function departure(leg: Leg): DepartedMember {
    const { partitionUUID, memberUUID, slot, role } = leg.recorded!;
    // What it was written to in; of a drive that keeps everything the one of now will do.
    const driveSession = leg.recorded!.driveSession ?? leg.partition.status?.driveSession;
    // Its path worked: the drive answered, with an error.
    const faulty = isFaultyPerMd(leg) && leg.member?.path !== undefined;
    const member = { partitionUUID, memberUUID, slot, role, epoch: owner.epoch };
    return { ...member, ...(driveSession && { driveSession }), ...(faulty && { faulty }) };
  }
}

/**
 * Whether the bitmap tells all that the member lacks: it left under this epoch, nobody has had its role since, and
 * its drive kept what it had acknowledged. RAID10's bitmap does not tell that (docs/guides/kernel-lab.md).
 */
export function returnsByBitmap(view: OwnedView, leg: Leg): boolean {
  const { departed, member, partition } = leg;
  if (!departed || departed.faulty || view.layout.level !== 'raid1' || !isUsable(leg)) return false;
  const { superblock } = member!;
  if (superblock?.arrayUuid !== view.arrayUUID || superblock.memberUuid !== departed.memberUUID) return false;
  if (view.stack.array?.members.some(({ role }) => role === departed.role)) return false;
  const { driveSession, volatileWriteCache } = partition.status ?? {};
  const samePower = driveSession !== undefined && driveSession === departed.driveSession;
  return samePower || volatileWriteCache === false;
}
