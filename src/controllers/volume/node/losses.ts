import type { Action } from './actions';
import {
  coverAll,
  isFaultyPerMd,
  isImportFenced,
  isImportLive,
  wasCreated,
  type Leg,
  type OwnedView,
} from './view';

/**
 * N4: a loss is recorded before the array may go on without the member. Until then the member's map holds
 * its I/O.
 */
export function losses(view: OwnedView): Action[] | undefined {
  const { stack, legs, layout } = view;
  if (!stack.array || !wasCreated(view)) return undefined;
  const recorded = legs.filter((leg) => leg.recorded);
  const kept = recorded.filter((leg) => !isLost(leg));
  const orphans = view.orphans.filter(({ slot }) => stack.array?.members.some((member) => member.slot === slot));
  const shrinks = kept.length < recorded.length || orphans.length < view.orphans.length;
  if (shrinks && coverAll(layout, kept)) {
    return [{ verb: 'record', inSync: [...kept.map((leg) => leg.recorded!), ...orphans] }];
  }
  const dropped = legs.filter((leg) => leg.inArray && !leg.recorded);
  const actions: Action[] = [
    ...dropped.filter(isFaultyPerMd).map(({ slot }): Action => ({ verb: 'removeFromArray', slot })),
    ...dropped.filter(isHolding).map(({ slot }): Action => ({ verb: 'fail', slot })),
  ];
  return actions.length > 0 ? actions : undefined;
}

/**
 * Whether the array can only go on without this member. A fenced import is no loss: its provider obeys a
 * newer owner, and what this one does next is not for it to decide.
 */
function isLost(leg: Leg): boolean {
  if (!leg.inArray || isFaultyPerMd(leg)) return true;
  return leg.member?.path === undefined && !isImportLive(leg) && !isImportFenced(leg);
}

/** Without a path, and its map still makes md wait. */
const isHolding = (leg: Leg): boolean =>
  leg.member?.path === undefined &&
  leg.member?.queueing === true &&
  !isFaultyPerMd(leg) &&
  !isImportLive(leg) &&
  !isImportFenced(leg);
