import { ArrayMemberState, SyncAction } from '../../../host/gen/host';
import type { Action } from './actions';
import { departedAfter } from './departures';
import { forgetDeparted } from './grow';
import {
  coverAll,
  isInSyncPerMd,
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
  const staying = legs.filter((leg) => leg.recorded && !leg.leaving && isInSyncPerMd(leg) && isUsable(leg));
  if (!leaving || staying.length < layout.expectedMembers || !coverAll(layout, staying)) return undefined;
  const others = legs.filter((leg) => leg.recorded && leg !== leaving);
  const inSync = [...others.map((leg) => leg.recorded!), ...orphans];
  return [{ verb: 'record', inSync, departed: departedAfter(view, inSync, []) }];
}

/** N11: a RAID1 has as many roles as its copies need, more before they come and less after they have gone. */
export function roles(view: OwnedView): Action[] | undefined {
  const { stack, layout } = view;
  const { array } = stack;
  if (!array || !wasCreated(view) || layout.level !== 'raid1' || array.raidDevices === layout.raidDevices) {
    return undefined;
  }
  const resting = array.syncAction === SyncAction.IDLE && array.members.every(isSettled);
  if (!resting || array.members.length > layout.raidDevices) return undefined;
  return forgetDeparted(view) ?? [{ verb: 'setRoles', raidDevices: layout.raidDevices }];
}

/** N13: a spare takes the place of the member it was made for, or of one that is to go. */
export function replacements(view: OwnedView): Action[] | undefined {
  const { stack, legs } = view;
  if (!stack.array || !wasCreated(view) || stack.array.syncAction !== SyncAction.IDLE) return undefined;
  for (const spare of legs.filter((leg) => isSpare(leg) && !isSetAside(view, leg.slot))) {
    const old = legs.find((leg) => leg.partitionUUID === spare.partition.spec.replaces && isReplaceable(view, leg));
    const leaving = old ?? legs.find((leg) => isReplaceable(view, leg) && (leg.leaving || isSucceeded(view, leg)));
    if (!leaving) continue;
    return forgetDeparted(view) ?? [{ verb: 'replaceInArray', slot: leaving.slot, withSlot: spare.slot }];
  }
  return undefined;
}

const isSettled = ({ state }: { state: ArrayMemberState }): boolean => state === ArrayMemberState.IN_SYNC;
const isSpare = (leg: Leg): boolean =>
  isUsable(leg) && !leg.leaving && leg.inArray?.state === ArrayMemberState.SPARE && !leg.inArray.replacement;
const isReplaceable = (view: OwnedView, leg: Leg): boolean =>
  leg.recorded !== undefined && isInSyncPerMd(leg) && !leg.inArray!.beingReplaced && !isSetAside(view, leg.slot);
/** Another one has its data, and it only waits for the volume to be whole without it. */
const isSucceeded = (view: OwnedView, leg: Leg): boolean => successorOf(view, leg)?.recorded !== undefined;
