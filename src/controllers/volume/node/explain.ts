import { conditionOf, isCreated } from '../../../api/volume';
import { conditionTypes } from '../../../api/conditions';
import { isHostError } from '../../../host/errors';
import { ImportState } from '../../../host/gen/host';
import type { Verdict } from '../../../runtime/conditions';
import { isInterrupted, trusted } from './sessions';
import {
  coverAll,
  isAttachedHere,
  isUsable,
  isWanted,
  isWhoItShouldBe,
  slotId,
  startId,
  type Leg,
  type OwnedView,
} from './view';

const no = (reason: string, message: string): Verdict => ({ status: 'False', reason, message });

/** The durable facts as they stand after this pass. */
export interface Recorded {
  readonly createdAt: string | undefined;
  readonly formattedAt: string | undefined;
}

/** ArrayReady: whether consumers may open the volume's device, and if not, what is waited for. */
export function explain(view: OwnedView, recorded: Recorded, failure: Error | undefined): Verdict {
  if (!isWanted(view)) return notWanted(view);
  if (!view.stack.array) return noArray(view, failure);
  if (failure) return no(isHostError(failure) ? `Host${failure.kind}` : 'Error', failure.message);
  if (!recorded.createdAt) return no('NotRecorded', 'The array runs, and its members are about to be recorded.');
  const forgetful = view.legs.filter((leg) => leg.inArray && isInterrupted(leg));
  if (forgetful.length > 0) return cacheLost(forgetful);
  const holding = heldBy(view);
  if (holding.length > 0) return no('IOHeld', `I/O waits: ${holding.join('; ')}`);
  if (!view.stack.device || view.stack.device.suspended) {
    return no('DeviceNotReady', 'The volume device is being made.');
  }
  if (view.volume.spec.volumeMode === 'Filesystem' && !recorded.formattedAt) {
    return isAttachedHere(view)
      ? no('Formatting', `A ${view.volume.spec.fsType} file system is being made.`)
      : no('NotFormatted', 'The file system is made when the volume is first attached.');
  }
  return { status: 'True', reason: 'Assembled', message: `${view.stack.device.path} is ready.` };
}

/** Where N4 cannot go on without them. */
function cacheLost(legs: readonly Leg[]): Verdict {
  const drives = legs.map(
    ({ partition: { metadata, spec } }) => `${metadata.name} (${spec.device} on ${spec.nodeName})`,
  );
  return no(
    'CacheLost',
    `I/O waits: ${drives.join(', ')} may have forgotten writes that it had acknowledged, for its drive has a volatile write cache and was without power, and no other copy holds them all. Bring the other copies back; or set spec.memberLossPolicy to Available to go on with what is there.`,
  );
}

/** Recorded members whose I/O waits for a path, in words. */
function heldBy(view: OwnedView): string[] {
  const { legs, orphans, stack } = view;
  const waiting = legs.filter((leg) => leg.recorded && leg.member?.path === undefined);
  const paths = new Map(stack.members.map(({ slot, path }) => [slot, path]));
  const lost = orphans.filter(({ slot }) => paths.get(slot) === undefined);
  return [
    ...waiting.map((leg) => pathState(view, leg)),
    ...lost.map(({ partitionUUID }) => `partition ${partitionUUID}: its object is gone, and so is the way to it`),
  ];
}

function notWanted({ volume, owner, stack, nodeName }: OwnedView): Verdict {
  const why =
    volume.metadata.deletionTimestamp !== undefined
      ? 'the volume is being deleted'
      : volume.spec.releasedEpoch === owner.epoch
        ? 'its consumer has let go of it'
        : `it is not attached to ${nodeName}`;
  if (stack.mountPaths.length > 0) {
    return no('InUse', `The array has to stop because ${why}, but it is mounted at ${stack.mountPaths.join(', ')}.`);
  }
  return no('Stopped', `The array is stopped: ${why}.`);
}

function noArray(view: OwnedView, failure: Error | undefined): Verdict {
  const { legs, orphans, volume, arrayUUID, layout } = view;
  const created = volume.status?.array?.createdAt !== undefined;
  if (!created && legs.length < layout.expectedMembers) {
    return no('WaitingForPlacement', `${legs.length} of ${layout.expectedMembers} partitions are planned.`);
  }
  const needed = created ? legs.filter((leg) => leg.recorded) : legs;
  const pending = needed.filter((leg) => !isUsable(leg));
  if (pending.length > 0) {
    return no(
      pending.some((leg) => !leg.fenced) ? 'WaitingForProviders' : 'WaitingForPaths',
      pending.map((leg) => pathState(view, leg)).join('; '),
    );
  }
  const strangers = needed.filter((leg) => leg.recorded && !isWhoItShouldBe(leg, arrayUUID));
  if (strangers.length > 0) {
    const names = strangers.map((leg) => `${leg.partition.metadata.name} on ${leg.partition.spec.nodeName}`);
    return no('MemberMismatch', `Not the recorded md member: ${names.join(', ')}. It is left alone.`);
  }
  if (created && needed.length === 0) {
    const lost = orphans.map(({ partitionUUID }) => partitionUUID).join(', ');
    return no('NoInSyncMember', `No partition that holds every write exists any more (${lost || 'none recorded'}).`);
  }
  const doubtful = created ? needed.filter((leg) => !trusted(view, needed).includes(leg)) : [];
  if (doubtful.length > 0 && !coverAll(layout, trusted(view, needed))) return cacheLost(doubtful);
  const refusal = failure ?? view.attempts.get(startId(needed.map(({ slot }) => slot)));
  if (refusal) return no(isHostError(refusal) ? `Host${refusal.kind}` : 'Error', refusal.message);
  return no('Assembling', 'The array is being assembled.');
}

/** Where the way to a member is interrupted, in words. */
function pathState({ attempts }: OwnedView, leg: Leg): string {
  const { metadata, spec, status } = leg.partition;
  const where = `${metadata.name} on ${spec.nodeName}`;
  const ready = conditionOf(leg.partition, conditionTypes.ready);
  if (!isCreated(leg.partition) || !leg.fenced) {
    if (ready?.status === 'False') return `${where}: ${ready.message}`;
    const confirmed = status?.export ? `has confirmed epoch ${status.export.epoch}` : 'has not confirmed any epoch';
    return `${where}: its node ${confirmed}, ${spec.epoch} is needed`;
  }
  const failure = attempts.get(slotId(leg.slot));
  if (failure) return `${where}: ${failure.message}`;
  if (leg.local) return `${where}: its drive does not answer`;
  if (!leg.import) {
    const error = attempts.get(leg.nqn);
    const provider = `${status?.export?.address}:${status?.export?.port}`;
    return error ? `${where}: ${error.message}` : `${where}: connecting to ${provider}`;
  }
  if (leg.import.state === ImportState.FENCED) return `${where}: fenced by its node for a newer owner`;
  if (leg.import.state === ImportState.CONNECTING) return `${where}: connection lost, reconnecting`;
  return `${where}: its path is not loaded yet`;
}
