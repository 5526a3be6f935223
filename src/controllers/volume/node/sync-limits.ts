import { ArrayMemberState } from '../../../host/gen/host';
import type { Action } from './actions';
import { isSynchronising, type OwnedView } from './view';

/** KiB/s: 100 GB/s, more than any drive gives. md's own limit is 200 MB/s, a sixth of 10 GbE. */
const unlimited = 100_000_000;
/** KiB/s, the least that md knows: a stretch of its copy buffer now and then. */
const paused = 1;

/** N17: each synchronisation has its share of the node's budget, and what is left idle besides; a paused one has none. */
export function syncLimits(view: OwnedView): Action[] | undefined {
  const { stack, syncShare } = view;
  const { array } = stack;
  if (!array || !isSynchronising(array)) return undefined;
  const limits = isPaused(view) ? { floor: paused, ceiling: paused } : { floor: syncShare, ceiling: unlimited };
  if (array.syncFloorKibPerSecond === limits.floor) return undefined;
  return [{ verb: 'setSyncLimits', ...limits }];
}

/**
 * md copies onto all members at once, and takes no spare before it is done: one that nobody paused is not held up. In
 * a RAID10 the predecessor is on record no more while md copies: what has begun there goes on (N13).
 */
function isPaused({ legs, layout }: OwnedView): boolean {
  if (layout.level !== 'raid1') return false;
  const isIn = (states: readonly (ArrayMemberState | undefined)[]) =>
    legs.filter(({ inArray }) => states.includes(inArray?.state));
  const pending = isIn([ArrayMemberState.RECOVERING, ArrayMemberState.SPARE]);
  const copied = isIn([ArrayMemberState.RECOVERING]);
  return copied.length > 0 && pending.every(({ partition }) => partition.spec.copyPaused === true);
}
