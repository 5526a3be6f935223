import { ArrayMemberState, SyncAction } from '../../../host/gen/host';
import type { Action } from './actions';
import { departedAfter, returnsByBitmap } from './departures';
import { forgetDeparted, mayJoin } from './grow';
import {
  coverAll,
  isInSyncPerMd,
  isReached,
  isSetAside,
  isUsable,
  successorOf,
  wasCreated,
  type Leg,
  type OwnedView,
} from './view';

/**
 * N10: what is to go leaves last, and never as the last. A recorded member is first recorded no more, which takes
 * as many others in sync as the volume is to have; what is neither recorded nor the volume's any more leaves the
 * array.
 */
export function retirements(view: OwnedView): Action[] | undefined {
  const { stack, legs, orphans, layout } = view;
  if (!stack.array || !wasCreated(view)) return undefined;
  const known = new Set([...legs, ...orphans].map(({ slot }) => slot));
  const strays = stack.array.members.filter(({ slot }) => !known.has(slot) && !isSetAside(view, slot));
  if (strays.length > 0) return strays.map(({ slot }) => ({ verb: 'dropFromArray', slot }));
  const leaving = legs.find((leg) => leg.leaving && leg.recorded);
  const staying = legs.filter((leg) => leg.recorded && !leg.leaving && isInSyncPerMd(leg) && isReached(leg));
  if (!leaving || staying.length < layout.expectedMembers || !coverAll(layout, staying)) return undefined;
  const others = legs.filter((leg) => leg.recorded && leg !== leaving);
  const inSync = [...others.map((leg) => leg.recorded!), ...orphans];
  return [{ verb: 'record', inSync, departed: departedAfter(view, inSync, []), staying }];
}

/**
 * N11: a RAID1 has a role for every member that is there or about to join, and one more than a single copy needs. A
 * successor gets a role of its own, beside its predecessor's: md's replacing in place goes on without the
 * predecessor before that can be recorded.
 */
export function roles(view: OwnedView): Action[] | undefined {
  const { stack, layout } = view;
  const { array } = stack;
  if (!array || !wasCreated(view) || layout.level !== 'raid1') return undefined;
  const wanted = rolesNeeded(view);
  const resting =
    array.syncAction === SyncAction.IDLE && array.members.every(({ role, state }) => isAtRest(role, state));
  if (array.raidDevices === wanted || !resting) return undefined;
  // The bitmap would have to be given up.
  if (view.legs.some((leg) => mayJoin(view, leg) && returnsByBitmap(view, leg))) return undefined;
  return forgetDeparted(view) ?? [{ verb: 'setRoles', raidDevices: wanted }];
}

/** Those that are away keep theirs as long as nobody needs it. */
function rolesNeeded(view: OwnedView): number {
  const joining = view.legs.filter((leg) => mayJoin(view, leg)).length;
  return Math.max(view.layout.raidDevices, view.stack.array!.members.length + joining);
}

/** N13: a spare of a RAID10, which has no roles to add, takes the place of the member it was made for, or of one that
 * is to go. md goes on without that one as soon as the copy is complete, so that it is recorded no more before. */
export function replacements(view: OwnedView): Action[] | undefined {
  const { stack, legs, layout } = view;
  if (!stack.array || !wasCreated(view) || stack.array.syncAction !== SyncAction.IDLE) return undefined;
  for (const spare of legs.filter((leg) => isSpare(leg) && !isSetAside(view, leg.slot))) {
    const old = legs.find((leg) => leg.partitionUUID === spare.partition.spec.replaces && isReplaceable(view, leg));
    const leaving = old ?? legs.find((leg) => isReplaceable(view, leg) && (leg.leaving || isSucceeded(view, leg)));
    if (!leaving) continue;
    const others = legs.filter((leg) => leg.recorded && leg !== leaving);
    const staying = others.filter(isReached);
    if (!coverAll(layout, staying)) continue;
    if (leaving.recorded) {
      const inSync = [...others.map((leg) => leg.recorded!), ...view.orphans];
      return [{ verb: 'record', inSync, departed: departedAfter(view, inSync, []), staying }];
    }
    return forgetDeparted(view) ?? [{ verb: 'replaceInArray', slot: leaving.slot, withSlot: spare.slot }];
  }
  return undefined;
}

const isAtRest = (role: number, state: ArrayMemberState): boolean =>
  state === ArrayMemberState.IN_SYNC || (state === ArrayMemberState.SPARE && role < 0);
const isSpare = (leg: Leg): boolean =>
  isUsable(leg) &&
  !leg.leaving &&
  // Once md copies, the old one is on record no more: what is paused does not begin.
  leg.partition.spec.copyPaused !== true &&
  leg.inArray?.state === ArrayMemberState.SPARE &&
  !leg.inArray.replacement;
const isReplaceable = (view: OwnedView, leg: Leg): boolean =>
  isInSyncPerMd(leg) && !leg.inArray!.beingReplaced && !isSetAside(view, leg.slot);
/** Another one has its data, and it only waits for the volume to be whole without it. */
const isSucceeded = (view: OwnedView, leg: Leg): boolean => successorOf(view, leg)?.recorded !== undefined;
