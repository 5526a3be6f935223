import { ArrayMemberState } from '../../../host/gen/host';
import type { Action } from './actions';
import { departedAfter } from './departures';
import { recordFor } from './grow';
import { asItIs, believed, isInterrupted, mayReturn } from './sessions';
import { stopping } from './take-down';
import {
  coverAll,
  isImportFenced,
  isImportLive,
  isOutdatedPath,
  isReached,
  isSetAside,
  wasCreated,
  type Leg,
  type OwnedView,
} from './view';

/** States in which md writes without the member, whatever the record says. */
const outOfSync: readonly ArrayMemberState[] = [
  ArrayMemberState.FAULTY,
  ArrayMemberState.RECOVERING,
  ArrayMemberState.SPARE,
];

/**
 * N4: a loss is recorded before the array may go on without the member. Until then the member's map holds
 * its I/O.
 */
export function losses(view: OwnedView): Action[] | undefined {
  const { stack, legs, layout } = view;
  if (!stack.array) return undefined;
  if (!wasCreated(view)) return scrap(view);
  const recorded = legs.filter((leg) => leg.recorded);
  const kept = recorded.filter((leg) => !isLost(leg));
  // One that took a lost one's place is recorded in the same write: between two there would be one member less.
  const gained = legs.filter((leg) => !leg.recorded && recordFor(leg));
  const orphans = view.orphans.filter(({ slot }) => isServing(view, slot));
  const shrinks = kept.length < recorded.length || orphans.length < view.orphans.length;
  // Those that only seem to be there may be next: then a lost one that returns is the only one that has everything.
  if (shrinks && coverAll(layout, [...kept, ...gained].filter(isReached))) {
    const inSync = [...kept.map((leg) => leg.recorded!), ...gained.map((leg) => recordFor(leg)!), ...orphans];
    const lost = recorded.filter((leg) => !kept.includes(leg));
    return [{ verb: 'record', inSync, departed: departedAfter(view, inSync, lost) }];
  }
  const accepted = takenBack(view, [...kept, ...gained]);
  if (accepted) return [accepted];
  const actions = unrecorded(view);
  return actions.length > 0 ? actions : undefined;
}

/** An array that nobody was given yet, and that lost a path which cannot return, is made anew (N7). */
function scrap(view: OwnedView): Action[] | undefined {
  const broken = view.legs.some((leg) => leg.inArray && leg.member?.path === undefined && !mayReturn(leg));
  return broken ? stopping(view, true) : undefined;
}

/** Where nobody else holds the data, and people said so, a drive that may have forgotten something is believed. */
function takenBack(view: OwnedView, others: readonly Leg[]): Action | undefined {
  const { layout, legs, orphans, volume } = view;
  if (volume.spec.memberLossPolicy !== 'Available' || coverAll(layout, others)) return undefined;
  const recorded = legs.filter((leg) => leg.recorded);
  const kept = [...others, ...believed(view, others, recorded)];
  if (!coverAll(layout, kept)) return undefined;
  const inSync = [
    ...kept.map((leg) => (isInterrupted(leg) ? asItIs(leg) : (leg.recorded ?? recordFor(leg)!))),
    ...orphans,
  ];
  const left = recorded.filter((leg) => !kept.includes(leg));
  return { verb: 'record', inSync, departed: departedAfter(view, inSync, left) };
}

/**
 * Whether the array goes on without this member, or can only go on so. A fenced import is no loss: its provider
 * obeys a newer owner, and what this one does next is not for it to decide.
 */
function isLost(leg: Leg): boolean {
  if (!leg.inArray || outOfSync.includes(leg.inArray.state) || isInterrupted(leg)) return true;
  return leg.member?.path === undefined && !isImportLive(leg) && !isImportFenced(leg);
}

/** Whether a member without a partition object still takes part: nothing would bring a lost path back to it. */
function isServing({ stack }: OwnedView, slot: number): boolean {
  const member = stack.array?.members.find((candidate) => candidate.slot === slot);
  const path = stack.members.find((candidate) => candidate.slot === slot)?.path;
  return member !== undefined && !outOfSync.includes(member.state) && path !== undefined;
}

/** What md has and the record has not: md's I/O to it may fail, and what md dropped is taken out. */
function unrecorded(view: OwnedView): Action[] {
  const { stack, legs, orphans } = view;
  const recorded = new Set([...legs.filter((leg) => leg.recorded), ...orphans].map(({ slot }) => slot));
  const rest = stack.array!.members.filter(({ slot }) => !recorded.has(slot) && !isSetAside(view, slot));
  return rest.flatMap(({ slot, state }): Action[] => {
    const map = stack.members.find((member) => member.slot === slot);
    const holds = map?.queueing === true && map.path === undefined;
    // md lets go of a member only when what it was sent has come back, which waits as long as the map holds it.
    if (state === ArrayMemberState.FAULTY) return [{ verb: holds ? 'fail' : 'removeFromArray', slot }];
    const leg = legs.find((candidate) => candidate.slot === slot);
    // Its drive may have forgotten what was copied to it: it is added anew.
    if (leg && !mayReturn(leg) && (map?.path === undefined || isOutdatedPath(leg))) {
      return [map?.queueing ? { verb: 'fail', slot } : { verb: 'dropFromArray', slot }];
    }
    const returns = leg !== undefined && (isImportLive(leg) || isImportFenced(leg));
    return holds && !returns ? [{ verb: 'fail', slot }] : [];
  });
}
