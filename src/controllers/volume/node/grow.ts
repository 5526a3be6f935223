import type { InSyncMember } from '../../../api/model';
import type { Action } from './actions';
import { isAttachedHere, isInSyncPerMd, isSetAside, isUsable, wasCreated, type Leg, type OwnedView } from './view';

/** N10: a usable member that the array does not have joins it. */
export function joins(view: OwnedView): Action[] | undefined {
  const { stack, legs, layout } = view;
  if (!stack.array) return undefined;
  const joining = legs
    .filter((leg) => isUsable(leg) && !leg.inArray && !leg.recorded && !isSetAside(view, leg.slot))
    .sort((a, b) => a.role - b.role);
  // md gives a spare the lowest free role when it gets to it. With more than two copies that could put two
  // members of one node into the same set of mirrors, unless they come one by one and in order.
  const orderMatters = layout.level === 'raid10' && layout.mirrors > 2;
  const pending = stack.array.members.some(({ role }) => role < 0);
  const now = orderMatters ? joining.slice(0, pending ? 0 : 1) : joining;
  return now.length > 0 ? now.map((leg) => ({ verb: 'addToArray', leg })) : undefined;
}

/** N11: what md holds in sync is recorded so. The first record also says that the array exists. */
export function gains(view: OwnedView): Action[] | undefined {
  const { stack, legs, orphans, layout, mayDefer } = view;
  if (!stack.array) return undefined;
  const truth = [...legs.map(recordFor).filter((member) => member !== undefined), ...orphans];
  if (truth.length === 0) return undefined;
  if (wasCreated(view)) {
    return sameMembers(truth, view.volume.status?.inSync ?? []) ? undefined : [{ verb: 'record', inSync: truth }];
  }
  return mayDefer && truth.length < layout.expectedMembers ? undefined : [{ verb: 'record', inSync: truth }];
}

/** As md has it where md can be asked; a recorded member that only waits for its path stays recorded. */
function recordFor(leg: Leg): InSyncMember | undefined {
  const memberUUID = leg.inArray?.memberUuid;
  if (!isInSyncPerMd(leg) || !isUsable(leg) || !memberUUID) return leg.recorded;
  return { partitionUUID: leg.partitionUUID, memberUUID, slot: leg.slot, role: leg.inArray.role };
}

function sameMembers(a: readonly InSyncMember[], b: readonly InSyncMember[]): boolean {
  const key = ({ partitionUUID, memberUUID, slot, role }: InSyncMember) =>
    [partitionUUID, memberUUID, slot, role].join();
  const keys = new Set(a.map(key));
  return a.length === b.length && b.every((member) => keys.has(key(member)));
}

/** N12: consumers open a device of the operator's own over the recorded array. */
export function volumeDevice(view: OwnedView): Action[] | undefined {
  const { stack } = view;
  if (!stack.array || !wasCreated(view)) return undefined;
  if (stack.device?.sizeBytes !== stack.array.sizeBytes) return [{ verb: 'applyDevice' }];
  return stack.device.suspended ? [{ verb: 'resumeDevice' }] : undefined;
}

/** N13: the file system is made once, and only for somebody. */
export function fileSystem(view: OwnedView): Action[] | undefined {
  const { volume, stack } = view;
  const blank = volume.spec.volumeMode === 'Filesystem' && volume.status?.formattedAt === undefined;
  if (!blank || !isAttachedHere(view) || !stack.device || stack.device.suspended) return undefined;
  return [{ verb: 'format' }, { verb: 'recordFormatted' }];
}
