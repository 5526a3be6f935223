import { conditionTypes } from '../../../api/conditions';
import type { Condition } from '../../../api/meta';
import type {
  ArrayMemberStatus,
  MeshStorPartition,
  MeshStorVolumeStatus,
  Owner,
  PartitionEntry,
  PartitionState,
  VolumePhase,
} from '../../../api/model';
import { conditionOf, isCreated, isProvisioned } from '../../../api/volume';
import { observed, type Verdict } from '../../../runtime/conditions';
import { isFinished } from '../../migration/view';
import type { Decision } from './decide';
import { localCopy } from './local-copy';
import { isBeingReplaced, phaseOfMove, refusedWish, replacementBlocked } from './report-moves';
import { copiesOf, handoverPatienceMs, isDeleting, live, mayRun, wasCreated, type View } from './view';

/** The fields of a volume's status that the cluster half writes. */
export type ClusterStatus = Pick<
  MeshStorVolumeStatus,
  'observedGeneration' | 'phase' | 'nodeName' | 'owner' | 'partitions'
> & {
  conditions: Condition[];
};

type Granted = Omit<Owner, 'since' | 'formerNodeName'>;

/** The status as this view shows it. Pure; `now` is a metav1.Time. */
export function statusOf(view: View, decision: Decision, now: string, granted?: Granted): ClusterStatus {
  const { volume } = view;
  const owner = ownerAfter(volume.status?.owner, granted, now);
  const nodeName = nodeNameOf(view, owner);
  return {
    ...(volume.metadata.generation !== undefined && { observedGeneration: volume.metadata.generation }),
    phase: phaseOf(view),
    ...(nodeName && { nodeName }),
    ...(owner && { owner }),
    partitions: view.partitions
      .map((partition) => entryOf(view, partition, now))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    conditions: verdicts(view, decision, owner, nodeName).map(([type, verdict]) =>
      observed(type, verdict, volume.status?.conditions, now),
    ),
  };
}

function ownerAfter(before: Owner | undefined, granted: Granted | undefined, now: string): Owner | undefined {
  if (!granted) return before;
  if (granted.epoch === before?.epoch) return { ...before, ...granted, since: before.since ?? now };
  return { ...granted, since: now, ...(before && { formerNodeName: before.nodeName }) };
}

/** The node that may use the volume: until the array is down there, also after it was detached. */
function nodeNameOf(view: View, owner: Owner | undefined): string | undefined {
  if (owner?.purpose !== 'Attach') return undefined;
  if (view.volume.spec.nodeName === owner.nodeName) return owner.nodeName;
  return mayRun(view) ? view.volume.status?.nodeName : undefined;
}

function phaseOf(view: View): VolumePhase {
  const { status } = view.volume;
  if (isDeleting(view)) return 'Deleting';
  if (!wasCreated(view)) return 'Requested';
  const inSync = status?.inSync ?? [];
  // One that was asked for and cannot be seen yet is not gone: the node that has it may be seen first.
  const known = [...view.partitions, ...view.promised];
  const exists = (uuid: string) => known.some(({ spec }) => spec.partitionUUID === uuid);
  if (!inSync.some(({ partitionUUID }) => exists(partitionUUID))) return 'Failed';
  const moving = phaseOfMove(view);
  if (moving) return moving;
  if (inSync.length >= view.layout.expectedMembers) return 'Synced';
  // A degraded volume that nothing is done about stays what it was.
  return status?.phase === 'Synced' && status.mdState !== 'recovering' ? 'Synced' : 'Syncing';
}

function entryOf(view: View, partition: MeshStorPartition, now: string): PartitionEntry {
  const { metadata, spec, status } = partition;
  const state = stateOf(view, partition);
  const before = view.volume.status?.partitions?.find(({ name }) => name === metadata.name);
  return {
    name: metadata.name,
    nodeID: spec.nodeName,
    device: spec.device,
    partitionUUID: spec.partitionUUID,
    state,
    ...(status?.sizeBytes !== undefined && { sizeBytes: status.sizeBytes }),
    updatedAt: before?.state === state ? (before.updatedAt ?? now) : now,
  };
}

/** What its node says of a partition that was made and cannot be used: the owner may go on without it (N9). */
const lossReasons: readonly string[] = ['DriveUnreadable', 'DriveGone', 'PartitionLost'];

/** What the owner sees of a member counts before what its node's silence suggests. */
export function stateOf(view: View, partition: MeshStorPartition): PartitionState {
  const { status } = view.volume;
  const uuid = partition.spec.partitionUUID;
  const recorded = status?.inSync?.some(({ partitionUUID }) => partitionUUID === uuid) ?? false;
  if (partition.metadata.deletionTimestamp !== undefined) return 'Deleting';
  if (recorded && isBeingReplaced(view, partition)) return 'Replacing';
  const member = mayRun(view) ? runningMember(view, uuid) : undefined;
  if (member && member.state !== 'Missing') return byMember(member, recorded);
  if (view.deadNodes.has(partition.spec.nodeName)) return 'Missing';
  if (!isCreated(partition) && partition.status?.state !== 'Created') return 'Requested';
  if (lossReasons.includes(conditionOf(partition, conditionTypes.ready)?.reason ?? '')) return 'Faulty';
  if (recorded) return 'Synced';
  return member && !isNew(view, partition) ? 'Missing' : 'Created';
}

/** That the array runs without it says nothing yet: it is being built, or moved to. */
function isNew({ volume, migrations }: View, { metadata }: MeshStorPartition): boolean {
  const underWay = migrations.filter((migration) => !isFinished(migration));
  const isTarget = underWay.some(({ status }) => status?.moves?.some(({ target }) => target === metadata.name));
  return isTarget || volume.status?.owner?.purpose === 'Initialize';
}

function runningMember({ volume }: View, uuid: string): ArrayMemberStatus | undefined {
  const { array, owner } = volume.status ?? {};
  if (array?.state !== 'Running' || array.epoch !== owner?.epoch) return undefined;
  return array.members?.find(({ partitionUUID }) => partitionUUID === uuid);
}

function byMember({ state }: ArrayMemberStatus, recorded: boolean): PartitionState {
  switch (state) {
    case 'InSync':
      return recorded ? 'Synced' : 'Syncing';
    case 'Recovering':
      return 'Syncing';
    case 'Spare':
      return 'Spare';
    case 'Faulty':
      return 'Faulty';
    case 'Waiting':
    case 'Missing':
      return 'Missing';
  }
}

function verdicts(
  view: View,
  decision: Decision,
  owner: Owner | undefined,
  nodeName: string | undefined,
): [string, Verdict][] {
  const list: [string, Verdict][] = [
    [conditionTypes.provisioned, provisioned(view, decision)],
    [conditionTypes.redundant, redundant(view)],
    [conditionTypes.specApplied, specApplied(view, decision)],
  ];
  const blocked = replacementBlocked(view);
  if (blocked) list.push([conditionTypes.replacementBlocked, blocked]);
  const local = localCopy(view, owner);
  if (local) list.push([conditionTypes.localCopy, local]);
  const attached = attachment(view, decision, nodeName);
  if (attached) list.push([conditionTypes.attached, attached]);
  return list;
}

function provisioned(view: View, { refusal }: Decision): Verdict {
  if (refusal) return { status: 'False', ...refusal };
  if (wasCreated(view) || isProvisioned(view.volume, view.partitions)) {
    return { status: 'True', reason: 'Allocated', message: 'Every partition exists on its drive.' };
  }
  const waiting = live(view).filter((partition) => !isCreated(partition));
  const words = waiting.map((partition) => {
    const ready = conditionOf(partition, conditionTypes.ready);
    const why = ready?.status === 'False' ? ready.message : 'not made yet';
    return `${partition.metadata.name} on ${partition.spec.nodeName}: ${why}`;
  });
  return { status: 'False', reason: 'WaitingForNodes', message: words.join('; ') || 'Nothing is placed yet.' };
}

function redundant(view: View): Verdict {
  const { status } = view.volume;
  const { expectedMembers } = view.layout;
  const count = status?.inSync?.length ?? 0;
  const message = `${count} of ${expectedMembers} members hold every write.`;
  if (count >= expectedMembers) return { status: 'True', reason: 'InSync', message };
  if (!wasCreated(view)) return { status: 'False', reason: 'NotCreated', message: 'The array is not made yet.' };
  return { status: 'False', reason: status?.mdState === 'recovering' ? 'Syncing' : 'Degraded', message };
}

/** Honest about what this version does not do with a volume that exists, and about what is still on its way. */
function specApplied(view: View, { refusal }: Decision): Verdict {
  if (refusal?.reason === 'InvalidSpec') return { status: 'False', ...refusal };
  if (!wasCreated(view)) return { status: 'True', reason: 'Applied', message: 'The spec is in effect.' };
  const { layout, volume } = view;
  const copies = copiesOf(view).length;
  const wishes = [
    layout.level !== 'raid1' && copies > 0 && copies !== layout.copies && 'numberOfCopies (of a RAID10)',
    volume.spec.migrationNodeName !== undefined && 'migrationNodeName',
  ].filter((wish) => wish !== false);
  if (wishes.length > 0) {
    const message = `Changing ${wishes.join(', ')} of an existing volume is not supported in this version; put the former value back.`;
    return { status: 'False', reason: 'NotSupported', message };
  }
  const refused = refusedWish(view);
  if (refused) return refused;
  if (live(view).some(({ spec }) => spec.sizeBytes !== layout.partitionBytes)) {
    // It may only grow, so that the former value cannot be put back.
    const message =
      'capacityBytes of an existing volume does not take effect in this version: it stays as large as it is.';
    return { status: 'False', reason: 'NotSupported', message };
  }
  if (copies === layout.copies) return { status: 'True', reason: 'Applied', message: 'The spec is in effect.' };
  const message = `The volume has ${copies} of ${layout.copies} copies; kubectl get msmig shows how that changes.`;
  return { status: 'False', reason: 'Scaling', message };
}

function attachment(view: View, decision: Decision, nodeName: string | undefined): Verdict | undefined {
  const wanted = view.volume.spec.nodeName;
  if (!wanted) {
    if (!nodeName) return undefined;
    return { status: 'False', reason: 'Detaching', message: `${nodeName} is stopping the array.` };
  }
  if (isDeleting(view)) {
    const message = `The volume is to be deleted, and waits until it is detached from ${wanted}: delete the pods that use it.`;
    return { status: 'True', reason: 'DeletionBlocked', message };
  }
  if (nodeName === wanted) return { status: 'True', reason: 'Attached', message: `Attached to ${wanted}.` };
  if (decision.unfit !== undefined) {
    return { status: 'False', reason: 'NodeUnfit', message: `${wanted} cannot run the volume. ${decision.unfit}` };
  }
  const former = view.volume.status?.owner?.nodeName;
  const message = decision.awaitingHandover
    ? `${former} still runs the array; it is fenced if it has not stopped within ${handoverPatienceMs / 1000} s.`
    : `${wanted} is about to become the owner.`;
  return { status: 'False', reason: decision.awaitingHandover ? 'WaitingForRelease' : 'Attaching', message };
}
