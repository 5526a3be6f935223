import type { Condition } from '../../../api/meta';
import { sameJSON } from '../../../runtime/same-json';
import { firstRecordSettles, type Change } from '../pace';
import { nodePartOf } from './record';
import type { NodeStatus } from './status';
import { wasCreated, type OwnedView } from './view';

/** How much the observed status differs from the one on record. */
export function changeOf(view: OwnedView, next: NodeStatus): Change {
  const previous = nodePartOf(view.volume);
  if (sameJSON(previous, next)) return 'none';
  if (isEarly(view)) return 'early';
  const essence = nobodyWaits(view) ? withoutReadiness : withoutDetail;
  return sameJSON(essence(previous), essence(next)) ? 'detail' : 'now';
}

/** Being built, and nobody waits for it. */
export function isEarly(view: OwnedView): boolean {
  return !wasCreated(view) && nobodyWaits(view);
}

/**
 * Whether the first record of an array may wait for more, `elapsed` ms after the array was first seen: a settle in any
 * case, and longer while md's pace so far says that the first synchronisation is over soon.
 */
export function mayWaitForSync({ stack }: OwnedView, elapsed: number, settleMs: number): boolean {
  const { syncDone = 0, syncTotal = 0 } = stack.array ?? {};
  const whole = syncDone > 0 ? (elapsed * syncTotal) / syncDone : Infinity;
  return elapsed < settleMs || Math.max(whole, elapsed) <= settleMs * firstRecordSettles;
}

const nobodyWaits = ({ volume: { spec, metadata } }: OwnedView): boolean =>
  spec.nodeName === undefined && metadata.deletionTimestamp === undefined;

function withoutDetail(status: Partial<NodeStatus>): Partial<NodeStatus> {
  return {
    ...status,
    syncPercentage: status.syncPercentage === undefined ? undefined : 'some',
    conditions: status.conditions?.map((condition): Condition => ({ ...condition, message: '' })),
  };
}

/** Whether consumers could start is news to nobody until there is one. */
function withoutReadiness(status: Partial<NodeStatus>): Partial<NodeStatus> {
  const { array, conditions: _conditions, ...rest } = withoutDetail(status);
  return { ...rest, ...(array && { array: { ...array, device: undefined } }) };
}
