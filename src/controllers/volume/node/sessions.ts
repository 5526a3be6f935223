import { mirrorSetOf } from '../../../api/layout';
import type { InSyncMember } from '../../../api/model';
import { bootOf, cacheSession } from '../../../api/volume';
import { isOutdatedPath, isUsable, type Leg, type OwnedView } from './view';

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
 * interrupted, and the one on the node where the array ran, if it ended together with that; md knows by the bitmap what
 * was under way there. Any other that was interrupted may lack what was flushed meanwhile, because the kernel answers a
 * flush that is under way when a path breaks. Where there is nobody else, people decide (`memberLossPolicy`).
 */
export function trusted(view: OwnedView, ready: readonly Leg[]): Leg[] {
  const sound = ready.filter((leg) => !isInterrupted(leg) || endedWithItsNode(leg));
  return view.volume.spec.memberLossPolicy === 'Available' ? [...sound, ...believed(view, sound, ready)] : sound;
}

/** Its node was without power, or was started anew, since: not only its drive. */
const endedWithItsNode = ({ recorded, partition }: Leg): boolean =>
  recorded!.local === true && bootOf(recorded!.driveSession) !== bootOf(partition.status?.driveSession);

/**
 * Of interrupted members, one for each set of mirrors of which `sound` has none: two could each have forgotten something
 * else, and no bitmap tells.
 */
export function believed({ layout }: OwnedView, sound: readonly Leg[], candidates: readonly Leg[]): Leg[] {
  // Of the sound ones some may be in sync and not recorded yet.
  const setOf = ({ recorded, inArray, role }: Leg) => mirrorSetOf(layout, recorded?.role ?? inArray?.role ?? role);
  const eventsOf = ({ member }: Leg) => member?.superblock?.events ?? 0;
  const chosen = new Map<number, Leg>();
  for (const leg of candidates.filter(isInterrupted)) {
    const set = setOf(leg);
    const best = chosen.get(set);
    if (sound.some((other) => setOf(other) === set)) continue;
    if (!best || eventsOf(leg) > eventsOf(best)) chosen.set(set, leg);
  }
  return [...chosen.values()];
}

/**
 * The record once the array of this epoch has stopped: md flushed every member that it could reach, and those that still
 * have their path were reached. Undefined: there is nothing to take away, or nobody knows that it was stopped.
 */
export function afterStop({ legs, owner, volume, stack, ran }: OwnedView): InSyncMember[] | undefined {
  const { inSync = [], array } = volume.status ?? {};
  // No array is also what a node finds that lost power.
  if (!ran || stack.array || array?.state !== 'Running' || array.epoch !== owner.epoch) return undefined;
  const flushed = new Set(
    legs.filter((leg) => isUsable(leg) && !isInterrupted(leg)).map(({ partitionUUID }) => partitionUUID),
  );
  if (!inSync.some((member) => member.driveSession !== undefined && flushed.has(member.partitionUUID)))
    return undefined;
  return inSync.map((member) => {
    const { driveSession: _session, local: _local, ...flat } = member;
    return flushed.has(member.partitionUUID) ? flat : member;
  });
}
