import type { InSyncMember } from '../../../api/model';
import type { Action } from './actions';
import { departedAfter, returnsByBitmap } from './departures';
import { sessionOf } from './sessions';
import {
  departedOf,
  isAttachedHere,
  isFencedOff,
  isFrozen,
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
 * N12: a usable member that the array does not have joins it. One that the bitmap can bring up to date comes before
 * all others; before anybody is synchronised in full, and may take the role of one that is away, it is on record
 * that the bitmap tells nothing about those any more.
 */
export function joins(view: OwnedView): Action[] | undefined {
  const { stack } = view;
  if (!stack.array) return undefined;
  const joining = view.legs.filter((leg) => mayJoin(view, leg)).sort((a, b) => a.role - b.role);
  const returning = joining.filter((leg) => returnsByBitmap(view, leg));
  if (returning.length > 0) return returning.map((leg) => ({ verb: 'addToArray', leg, mode: 'byBitmap' }));
  const now = inOrder(view, joining);
  if (now.length === 0) return undefined;
  return forgetDeparted(view) ?? now.map((leg) => ({ verb: 'addToArray', leg, mode: 'inFull' }));
}

/** Whether a member that the array does not have could take part in it now. */
export function mayJoin(view: OwnedView, leg: Leg): boolean {
  if (!isUsable(leg) || leg.inArray || leg.recorded || leg.leaving || isSetAside(view, leg.slot)) return false;
  // What its drive could not take once it would not take again; and one whose place is taken has none.
  return !leg.departed?.faulty && !successorOf(view, leg)?.inArray;
}

/**
 * md gives a spare the lowest free role when it gets to it. With more than two copies that could put two members of
 * one node into the same set of mirrors, unless they come one by one and in order.
 */
function inOrder({ stack, layout }: OwnedView, joining: readonly Leg[]): readonly Leg[] {
  if (layout.level !== 'raid10' || layout.mirrors <= 2) return joining;
  const pending = stack.array!.members.some(({ role }) => role < 0);
  return joining.slice(0, pending ? 0 : 1);
}

/** From here on nobody comes back by the bitmap. Undefined: nobody could anyway. */
export function forgetDeparted({ volume, owner }: OwnedView): Action[] | undefined {
  const departed = departedOf(volume, owner);
  // One that its drive's errors threw out stays known: it is not to be taken back at all.
  const kept = departed.filter(({ faulty }) => faulty);
  if (kept.length === departed.length) return undefined;
  return [{ verb: 'record', inSync: volume.status?.inSync ?? [], departed: kept }];
}

/** N14: what md holds in sync is recorded so. The first record also says that the array exists. */
export function gains(view: OwnedView): Action[] | undefined {
  const { stack, legs, orphans, layout, mayDefer } = view;
  if (!stack.array) return undefined;
  const truth = [...legs.map(recordFor).filter((member) => member !== undefined), ...orphans];
  if (truth.length === 0) return undefined;
  if (wasCreated(view) && sameMembers(truth, view.volume.status?.inSync ?? [])) return undefined;
  if (!wasCreated(view) && mayDefer && truth.length < layout.expectedMembers) return undefined;
  return [{ verb: 'record', inSync: truth, departed: departedAfter(view, truth, []) }];
}

/** As md has it where md can be asked; a recorded member that only waits for its path stays recorded. */
export function recordFor(leg: Leg): InSyncMember | undefined {
  const memberUUID = leg.inArray?.memberUuid;
  // md may go on without one that is being replaced at any moment.
  if (leg.inArray?.beingReplaced) return leg.recorded;
  if (!isInSyncPerMd(leg) || !isUsable(leg) || !memberUUID) return leg.recorded;
  const driveSession = leg.recorded?.driveSession;
  const session = driveSession === undefined ? sessionOf(leg) : { driveSession, local: leg.local };
  return { partitionUUID: leg.partitionUUID, memberUUID, slot: leg.slot, role: leg.inArray.role, ...session };
}

function sameMembers(a: readonly InSyncMember[], b: readonly InSyncMember[]): boolean {
  const key = ({ partitionUUID, memberUUID, slot, role, driveSession, local }: InSyncMember) =>
    [partitionUUID, memberUUID, slot, role, driveSession, local].join();
  const keys = new Set(a.map(key));
  return a.length === b.length && b.every((member) => keys.has(key(member)));
}

/** N15: consumers open a device of the operator's own over the recorded array. */
export function volumeDevice(view: OwnedView): Action[] | undefined {
  const { stack } = view;
  if (!stack.array || !wasCreated(view)) return undefined;
  if (stack.device?.sizeBytes !== stack.array.sizeBytes) return [{ verb: 'applyDevice' }];
  return thaw(view);
}

/** Lets I/O go on that was held, unless another owner may have been named. */
export function thaw(view: OwnedView): Action[] | undefined {
  const { device } = view.stack;
  if (!device || !isFrozen(view) || isFencedOff(view.volume, view.stack)) return undefined;
  return [{ verb: 'resumeDevice', isOwner: view.awaitsRecord && isServedByAll(view) }];
}

/**
 * Every recorded member is back, by a connection that lives, and obeys this owner, though the API server may be away
 * still. Another owner would have taken at least one of them before it started anything (invariant I2).
 */
const isServedByAll = ({ legs, orphans }: OwnedView): boolean =>
  orphans.length === 0 && legs.every((leg) => !leg.recorded || (isReached(leg) && isInSyncPerMd(leg)));

/** N16: the file system is made once, and only for somebody. */
export function fileSystem(view: OwnedView): Action[] | undefined {
  const { volume, stack } = view;
  const blank = volume.spec.volumeMode === 'Filesystem' && volume.status?.formattedAt === undefined;
  if (!blank || !isAttachedHere(view) || !stack.device || stack.device.suspended) return undefined;
  return [{ verb: 'format' }, { verb: 'recordFormatted' }];
}
