import { exportNQN } from '../../../api/identity';
import type { Stack } from '../../../host/gen/host';
import type { Action } from './actions';
import { isSetAside, isWanted, type OwnedView, type View } from './view';

/** N1: the stack of a volume this node does not own is frozen while it is open, and taken down after. */
export function notMine({ stack }: View): Action[] {
  if (stack.device && stack.device.openCount > 0) {
    return stack.device.suspended ? [] : [{ verb: 'suspendDevice' }];
  }
  return takeDown(stack);
}

/** N2: an owner that is not wanted keeps nothing but what a mount still needs. */
export function notWanted(view: OwnedView): Action[] | undefined {
  const isDeleted = view.volume.metadata.deletionTimestamp !== undefined;
  return isWanted(view) ? undefined : takeDown(view.stack, isDeleted);
}

/** The next layer to remove, from the top. The providers of a deleted volume may withdraw while that goes on. */
function takeDown({ mountPaths, device, array, members, imports }: Stack, isDeleted = false): Action[] {
  if (mountPaths.length > 0 || (device && device.openCount > 0)) return [];
  if (device) return [{ verb: 'removeDevice' }];
  if (array) {
    // Nobody can be told of a write any more, so that letting md fail loses nothing; and stopping would
    // otherwise wait for the lost path to take md's last superblock.
    const waiting = members.filter(({ path, queueing }) => queueing && (isDeleted || path === undefined));
    if (waiting.length > 0) return waiting.map(({ slot }) => ({ verb: 'fail', slot }));
    return [{ verb: 'stopArray' }];
  }
  if (members.length > 0) return members.map(({ slot }) => ({ verb: 'removeMember', slot }));
  return imports.map(({ nqn }) => ({ verb: 'disconnect', nqn }));
}

/** N3: connections and maps of earlier epochs, and of partitions that are the volume's no longer. */
export function leftovers(view: OwnedView): Action[] | undefined {
  const { stack, legs, orphans, volume, owner } = view;
  // A recorded member is used as long as it can be reached, also when its partition object is gone.
  const ofOrphans = orphans.map((orphan) => exportNQN(volume.metadata.uid!, orphan.partitionUUID, owner.epoch));
  const nqns = new Set([...legs.map((leg) => leg.nqn), ...ofOrphans]);
  const uuids = new Set(legs.map((leg) => leg.partitionUUID));
  const recorded = new Set(orphans.map((orphan) => orphan.partitionUUID));
  const arraySlots = new Set(stack.array?.members.map(({ slot }) => slot));
  const maps = stack.members.filter(
    ({ partitionUuid, slot }) => !uuids.has(partitionUuid) && !recorded.has(partitionUuid) && !arraySlots.has(slot),
  );
  // What is still in the array is written to: it is dropped first (N10).
  const inArray = stack.members.filter(({ slot }) => arraySlots.has(slot));
  const used = new Set(inArray.map(({ partitionUuid }) => exportNQN(volume.metadata.uid!, partitionUuid, owner.epoch)));
  const imports = stack.imports.filter(({ nqn }) => !nqns.has(nqn) && !used.has(nqn) && !view.connecting.has(nqn));
  const actions: Action[] = [
    ...maps.filter(({ slot }) => !isSetAside(view, slot)).map(({ slot }): Action => ({ verb: 'removeMember', slot })),
    ...imports.map(({ nqn }): Action => ({ verb: 'disconnect', nqn })),
  ];
  return actions.length > 0 ? actions : undefined;
}
