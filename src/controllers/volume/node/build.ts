import type { Action } from './actions';
import { departedAfter } from './departures';
import { asItIs, mayReturn, trusted } from './sessions';
import {
  coverAll,
  isImportLive,
  isOutdatedPath,
  isSetAside,
  isReached,
  isUsable,
  isWhoItShouldBe,
  startId,
  wasCreated,
  type Leg,
  type OwnedView,
} from './view';

/** N5: every remote partition that serves this epoch is connected, unless the array has to let go of it first. */
export function connections({ legs, attempts }: OwnedView): Action[] | undefined {
  const missing = legs.filter((leg) => !leg.local && leg.fenced && !leg.import && !attempts.has(leg.nqn));
  const wanted = missing.filter(mayReturn);
  return wanted.length > 0 ? wanted.map((leg) => ({ verb: 'connect', leg })) : undefined;
}

/** N6: every partition that can be reached is under its map, and the map holds I/O. */
export function memberMaps(view: OwnedView): Action[] | undefined {
  const reachable = view.legs.filter(
    (leg) => leg.fenced && (leg.local || isImportLive(leg)) && mayReturn(leg) && !isSetAside(view, leg.slot),
  );
  const actions = reachable.flatMap((leg): Action[] => {
    if (leg.member?.path === undefined || isOutdatedPath(leg)) return [{ verb: 'applyMember', leg }];
    return leg.member.queueing ? [] : [{ verb: 'queue', slot: leg.slot }];
  });
  return actions.length > 0 ? actions : undefined;
}

/**
 * N7: an array that was never recorded is made on one complete copy. Nobody was ever given it, so that what an
 * earlier attempt left on the members counts for nothing; the host agent checks that it is as empty as it must be.
 */
export function firstArray(view: OwnedView): Action[] | undefined {
  const { stack, layout } = view;
  if (stack.array || wasCreated(view)) return undefined;
  const base = firstCopy(view);
  if (!base) return [];
  const slots = new Array<number>(layout.raidDevices).fill(-1);
  for (const leg of base) slots[leg.role] = leg.slot;
  const remoteSlots = base.filter((leg) => !leg.local).map(({ slot }) => slot);
  return [{ verb: 'createArray', slots, remoteSlots }];
}

/** The usable members of one node that make a whole copy; this node's own before others'. */
function firstCopy({ legs, layout }: OwnedView): Leg[] | undefined {
  const nodes = [...new Set(legs.map((leg) => leg.partition.spec.nodeName))];
  const copies = nodes.map((node) => legs.filter((leg) => leg.partition.spec.nodeName === node));
  const local = copies.find((copy) => copy.some((leg) => leg.local));
  const candidates = local ? [local] : copies;
  return candidates.find((copy) => copy.every(isUsable) && coverAll(layout, copy));
}

/** N8: a recorded array is assembled from all its recorded members, and from nothing else. */
export function assembly(view: OwnedView): Action[] | undefined {
  const { stack, layout, orphans } = view;
  if (stack.array || !wasCreated(view)) return undefined;
  const { ready, missing } = recordedLegs(view);
  if (missing.length + orphans.length > 0 || !coverAll(layout, ready) || isRefused(view, ready)) return undefined;
  const kept = trusted(view, ready);
  if (!coverAll(layout, kept)) return undefined;
  const record = inThisSession(view, ready, kept);
  if (record) return [record];
  const members = ready.map(({ slot, recorded }) => ({ slot, memberUUID: recorded!.memberUUID }));
  // A RAID1 may have had more roles than its copies need: for a member that was being made, and is not recorded.
  const degraded = layout.level === 'raid1' || members.length < layout.raidDevices;
  return [{ verb: 'assembleArray', members, degraded }];
}

/** Before an array runs, it is on record in which sessions of their drives its members are written to. */
function inThisSession(view: OwnedView, ready: readonly Leg[], kept: readonly Leg[]): Action | undefined {
  const inSync = kept.map(asItIs);
  const isRecorded = kept.every(({ recorded }, n) => {
    const { driveSession, local } = inSync[n]!;
    return recorded!.driveSession === driveSession && recorded!.local === local;
  });
  if (isRecorded && kept.length === ready.length) return undefined;
  const left = ready.filter((leg) => !kept.includes(leg));
  return { verb: 'record', inSync, departed: departedAfter(view, inSync, left) };
}

/**
 * N9: going on without a recorded member is for the record first, and only when the member is known to be
 * lost, or out of date, and the others hold everything. Otherwise the array waits.
 */
export function degradedStart(view: OwnedView): Action[] | undefined {
  const { stack, layout } = view;
  if (stack.array || !wasCreated(view)) return undefined;
  const { ready, missing } = recordedLegs(view);
  if (missing.length === 0 && isRefused(view, ready)) return withoutOutdated(view, ready);
  const kept = trusted(view, ready);
  if (!coverAll(layout, kept) || !missing.every((leg) => leg.absent)) return [];
  const inSync = kept.map(asItIs);
  const left = ready.filter((leg) => !kept.includes(leg));
  return [{ verb: 'record', inSync, departed: departedAfter(view, inSync, [...missing, ...left]) }];
}

/**
 * md starts nothing that a fresher member counts as failed. Such a one was let go of before that was recorded (its
 * drive answered with an error, or its path broke while md stopped), and joins anew. A crash leaves members at most
 * one event apart, so that those which are further behind go first.
 */
function withoutOutdated(view: OwnedView, ready: readonly Leg[]): Action[] {
  const eventsOf = ({ member }: Leg) => member!.superblock!.events;
  const most = Math.max(...ready.map(eventsOf));
  for (const behind of [2, 1]) {
    const kept = ready.filter((leg) => eventsOf(leg) > most - behind);
    if (kept.length === ready.length || !coverAll(view.layout, kept)) continue;
    const inSync = kept.map((leg) => leg.recorded!);
    return [{ verb: 'record', inSync, departed: departedAfter(view, inSync, []) }];
  }
  return [];
}

const isRefused = ({ attempts }: OwnedView, legs: readonly Leg[]): boolean =>
  attempts.has(startId(legs.map(({ slot }) => slot)));

function recordedLegs({ legs, arrayUUID }: OwnedView): { ready: Leg[]; missing: Leg[] } {
  const recorded = legs.filter((leg) => leg.recorded);
  const ready = recorded.filter((leg) => isReached(leg) && isWhoItShouldBe(leg, arrayUUID));
  return { ready, missing: recorded.filter((leg) => !ready.includes(leg)) };
}
