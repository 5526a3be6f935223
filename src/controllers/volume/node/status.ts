import { conditionTypes } from '../../../api/conditions';
import type { Condition } from '../../../api/meta';
import type {
  ArrayMemberStatus,
  DepartedMember,
  InSyncMember,
  MdState,
  MeshStorVolumeStatus,
} from '../../../api/model';
import { ArrayMemberState, SyncAction } from '../../../host/gen/host';
import { observed } from '../../../runtime/conditions';
import { explain } from './explain';
import { afterStop } from './sessions';
import { departedOf, isFaultyPerMd, isInSyncPerMd, isWanted, type Leg, type OwnedView } from './view';

/** The fields of a volume's status that its owner's node writes. */
export type NodeStatus = Pick<
  MeshStorVolumeStatus,
  | 'inSync'
  | 'departed'
  | 'formattedAt'
  | 'array'
  | 'mdState'
  | 'ready'
  | 'totalDevices'
  | 'activeDevices'
  | 'failedDevices'
  | 'missingDevices'
  | 'degradedDevices'
  | 'syncPercentage'
> & { conditions: Condition[] };

/** What a status write adds to the durable facts. */
export interface Facts {
  readonly inSync?: readonly InSyncMember[];
  readonly departed?: readonly DepartedMember[];
  readonly formatted?: boolean;
}

/**
 * The status as this view shows it, on top of what is on record. Pure; `now` is a metav1.Time. `failure` is
 * what ended the pass.
 */
export function statusOf(view: OwnedView, facts: Facts, now: string, failure?: Error): NodeStatus {
  const previous = view.volume.status;
  const createdAt = previous?.array?.createdAt ?? (facts.inSync ? now : undefined);
  const formattedAt = previous?.formattedAt ?? (facts.formatted ? now : undefined);
  const inSync = [...(facts.inSync ?? previous?.inSync ?? [])];
  const departed = [...(facts.departed ?? departedOf(view.volume, view.owner))];
  // One that has stopped is reported so once its members' record is free of sessions, and its maps are gone.
  const running = view.stack.array !== undefined || afterStop(view) !== undefined;
  const verdict = explain(view, { createdAt, formattedAt }, failure);
  return {
    ...(inSync.length > 0 && { inSync }),
    ...(departed.length > 0 && { departed }),
    ...(formattedAt && { formattedAt }),
    array: {
      epoch: view.owner.epoch,
      nodeName: view.nodeName,
      uuid: view.arrayUUID,
      state: running ? 'Running' : 'Stopped',
      ...(createdAt && { createdAt }),
      ...(view.stack.device && { device: view.stack.device.path }),
      ...(running && { members: view.legs.map(memberOf) }),
    },
    ...countsOf(view, inSync, createdAt !== undefined),
    conditions: [observed(conditionTypes.arrayReady, verdict, previous?.conditions, now)],
  };
}

function memberOf(leg: Leg): ArrayMemberStatus {
  return {
    partitionUUID: leg.partitionUUID,
    ...(leg.inArray?.memberUuid && { memberUUID: leg.inArray.memberUuid }),
    slot: leg.slot,
    state: memberState(leg),
  };
}

function memberState(leg: Leg): ArrayMemberStatus['state'] {
  if (!leg.inArray) return 'Missing';
  if (isFaultyPerMd(leg)) return 'Faulty';
  if (leg.member && leg.member.path === undefined) return 'Waiting';
  if (isInSyncPerMd(leg)) return 'InSync';
  return leg.inArray.state === ArrayMemberState.RECOVERING ? 'Recovering' : 'Spare';
}

/** READY and the like: judged against the members a healthy volume has, not against md's slots. */
function countsOf(view: OwnedView, inSync: readonly InSyncMember[], created: boolean) {
  const expected = view.layout.expectedMembers;
  const { array } = view.stack;
  const recorded = Math.min(inSync.length, expected);
  if (!array) {
    return {
      ...(created && isWanted(view) && { mdState: 'missing' as const }),
      totalDevices: expected,
      ...(created && { degradedDevices: expected - recorded }),
    };
  }
  const states = view.legs.map(memberState);
  const count = (...wanted: string[]) => states.filter((state) => wanted.includes(state)).length;
  const active = Math.min(count('InSync'), expected);
  const failed = count('Faulty');
  return {
    mdState: mdStateOf(view, active),
    ready: `${active}/${expected}`,
    totalDevices: expected,
    activeDevices: active,
    failedDevices: failed,
    missingDevices: Math.max(0, expected - count('InSync', 'Recovering', 'Spare') - failed),
    degradedDevices: expected - active,
    ...(isSyncing(view) && { syncPercentage: percentage(array.syncDone, array.syncTotal) }),
  };
}

function mdStateOf(view: OwnedView, active: number): MdState {
  if (isSyncing(view)) return 'recovering';
  return active < view.layout.expectedMembers ? 'degraded' : 'active';
}

export function isSyncing({ stack }: OwnedView): boolean {
  const action = stack.array?.syncAction;
  return action === SyncAction.RECOVER || action === SyncAction.RESYNC;
}

/** One decimal, never 100 before it is done. */
export function percentage(done: number, total: number): string {
  const tenths = total > 0 ? Math.floor((done / total) * 1000) : 0;
  return `${(Math.min(tenths, 999) / 10).toFixed(1)}%`;
}
