import { exportNQN, parseExportNQN } from '../../../api/identity';
import type { Action } from './actions';
import { thaw } from './grow';
import { afterStop } from './sessions';
import { departedOf, isFencedOff, isFrozen, isSetAside, isWanted, stopId, type OwnedView, type View } from './view';

/** N1: the stack of a volume this node does not own is frozen while it is open, and taken down after. */
export function notMine(view: View): Action[] {
  const { device } = view.stack;
  if (device && device.openCount > 0) return isFrozen(view) ? [] : [{ verb: 'suspendDevice' }];
  return takeDown(view);
}

/** N1: an owner that is fenced off answers nobody until it has heard that it still is the owner. */
export function fencedOff(view: OwnedView): Action[] | undefined {
  return isFencedOff(view.volume, view.stack) && !isFrozen(view) ? [{ verb: 'suspendDevice' }] : undefined;
}

/** N2: an owner that is not wanted keeps nothing but what a mount still needs. */
export function notWanted(view: OwnedView): Action[] | undefined {
  const isDeleted = view.volume.metadata.deletionTimestamp !== undefined;
  if (isWanted(view)) return undefined;
  // What is mounted can only be unmounted while it answers.
  return view.stack.device?.openCount ? (thaw(view) ?? []) : (flushed(view, isDeleted) ?? takeDown(view, isDeleted));
}

/** The array has stopped: before its maps go, which are how that is known, its members need no session any more. */
function flushed(view: OwnedView, isDeleted: boolean): Action[] | undefined {
  const inSync = isDeleted ? undefined : afterStop(view);
  return inSync && [{ verb: 'record', inSync, departed: departedOf(view.volume, view.owner) }];
}

/** The next layer to remove, from the top. */
function takeDown(view: View, isDeleted = false): Action[] {
  const { mountPaths, device, array, members, imports } = view.stack;
  if (mountPaths.length > 0 || (device && device.openCount > 0)) return [];
  if (device) return [{ verb: 'removeDevice' }];
  if (array) return stopping(view, isDeleted);
  if (members.length > 0) return members.map(({ slot }) => ({ verb: 'removeMember', slot }));
  return imports.map(({ nqn }) => ({ verb: 'disconnect', nqn }));
}

/**
 * An array that lacks a path is stopped without another word to any member, so that all of them stay as they are
 * recorded. Only when a path broke while md was stopping it, and it waits for that path, is the member let fail: its
 * superblock is out of date then, which costs a synchronisation. Of a deleted volume none is needed any more, and
 * the providers may withdraw while that goes on.
 */
export function stopping({ stack, attempts }: View, isDeleted: boolean): Action[] {
  const hangs = attempts.has(stopId);
  const failing = stack.members.filter(
    ({ path, queueing }) => queueing && (isDeleted || (hangs && path === undefined)),
  );
  if (failing.length > 0) return failing.map(({ slot }) => ({ verb: 'fail', slot }));
  return hangs ? [] : [{ verb: 'stopArray' }];
}

/** N3: connections and maps of earlier epochs, and of partitions that are the volume's no longer. */
export function leftovers(view: OwnedView): Action[] | undefined {
  const { stack, legs, orphans, volume, owner } = view;
  // A recorded member is used as long as it can be reached, also when its partition object is gone.
  const nqnOf = (partitionUUID: string, session?: string) =>
    exportNQN(volume.metadata.uid!, partitionUUID, owner.epoch, session);
  const ofOrphans = orphans.map(({ partitionUUID, driveSession }) => nqnOf(partitionUUID, driveSession));
  const nqns = new Set([...legs.map((leg) => leg.nqn), ...ofOrphans]);
  const uuids = new Set(legs.map((leg) => leg.partitionUUID));
  const recorded = new Set(orphans.map((orphan) => orphan.partitionUUID));
  const arraySlots = new Set(stack.array?.members.map(({ slot }) => slot));
  const maps = stack.members.filter(
    ({ partitionUuid, slot }) => !uuids.has(partitionUuid) && !recorded.has(partitionUuid) && !arraySlots.has(slot),
  );
  // What is still in the array is written to: it is dropped first (N4, N10).
  const inArray = stack.members.filter(({ slot }) => arraySlots.has(slot));
  const paths = new Set(inArray.map(({ path }) => path?.nqn));
  const strays = new Set(inArray.map(({ partitionUuid }) => partitionUuid).filter((uuid) => !uuids.has(uuid)));
  const isUsed = (nqn: string) => {
    const { partitionUUID, epoch } = parseExportNQN(nqn)!;
    return nqns.has(nqn) || paths.has(nqn) || (epoch === owner.epoch && strays.has(partitionUUID));
  };
  const imports = stack.imports.filter(({ nqn }) => !isUsed(nqn) && !view.attempts.has(nqn));
  const actions: Action[] = [
    ...maps.filter(({ slot }) => !isSetAside(view, slot)).map(({ slot }): Action => ({ verb: 'removeMember', slot })),
    ...imports.map(({ nqn }): Action => ({ verb: 'disconnect', nqn })),
  ];
  return actions.length > 0 ? actions : undefined;
}
