import { mirrorSetOf } from '../../../api/layout';
import type { InSyncMember } from '../../../api/model';
import { cacheSession } from '../../../api/volume';
import { isInSyncPerMd, isOutdatedPath, isUsable, type Leg, type OwnedView } from './view';

/**
 * A drive whose cache is volatile forgets in a loss of power what was not flushed, though it was acknowledged, and takes
 * a flush that comes later as if nothing had happened. Such a member is only as good as the session of its drive in
 * which it was recorded. docs/design/volume.md, "Caches that forget".
 */

/** The drive may have forgotten writes since the member was recorded. */
export const isInterrupted = ({ recorded, partition }: Leg): boolean =>
  recorded?.driveSession !== undefined && recorded.driveSession !== partition.status?.driveSession;

/**
 * Whether the array may go on with the member where it is, once its path is back. One that is not recorded is only known
 * to have been added in this session as long as the import is still there that it was added by.
 */
export const mayReturn = (leg: Leg): boolean =>
  !leg.inArray || (leg.recorded ? !isInterrupted(leg) : leg.import !== undefined && !isOutdatedPath(leg));

/** What is on record of a member that is written to from now on. */
export function sessionOf({ partition, local }: Leg): Pick<InSyncMember, 'driveSession' | 'local'> {
  const driveSession = cacheSession(partition.status ?? {});
  return driveSession === undefined ? {} : { driveSession, local };
}

/** The record of a member whose content counts as it is on the drive now. */
export function asItIs(leg: Leg): InSyncMember {
  const { partitionUUID, memberUUID, slot, role } = leg.recorded!;
  return { partitionUUID, memberUUID, slot, role, ...sessionOf(leg) };
}

/**
 * Of recorded members those that an array may be started with that ran and was not stopped: those that were not
 * interrupted, and the one on the node where the array ran, which ended together with it; md knows by the bitmap what
 * was under way there. Any other that was interrupted may lack what was flushed meanwhile, because the kernel answers a
 * flush that is under way when a path breaks. Where there is nobody else, people decide (`memberLossPolicy`).
 */
export function trusted({ layout, volume }: OwnedView, ready: readonly Leg[]): Leg[] {
  const setOf = ({ recorded }: Leg) => mirrorSetOf(layout, recorded!.role);
  const isSound = (leg: Leg) => !isInterrupted(leg) || leg.recorded!.local === true;
  const sound = new Set(ready.filter(isSound).map(setOf));
  const believed = volume.spec.memberLossPolicy === 'Available';
  return ready.filter((leg) => isSound(leg) || (believed && !sound.has(setOf(leg))));
}

/** The record once the array has stopped: md flushed every member that it could reach. Undefined: it is as it was. */
export function afterStop({ legs, volume }: OwnedView): InSyncMember[] | undefined {
  const before = volume.status?.inSync ?? [];
  const flushed = new Set(legs.filter((leg) => isInSyncPerMd(leg) && isUsable(leg)).map((leg) => leg.partitionUUID));
  if (!before.some((member) => member.driveSession !== undefined && flushed.has(member.partitionUUID)))
    return undefined;
  return before.map((member) => {
    const { driveSession: _session, local: _local, ...flat } = member;
    return flushed.has(member.partitionUUID) ? flat : member;
  });
}
