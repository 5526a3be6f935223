import type { Clock } from '../runtime/clock';

/** One call being served. */
export interface Call {
  /** Aborted when the caller gave up, and at shutdown. */
  readonly signal: AbortSignal;
  /** Clock time by which waiting must end, so that the answer still reaches the caller. */
  readonly deadline: number;
}

/** Time to answer in when the caller sets no deadline. */
const defaultBudgetMs = 60_000;
/** Part of the caller's time that is kept for the way back, at most a second: enough for a busy node. */
const marginShare = 0.1;
const maxMarginMs = 1_000;

/** `deadline` is the caller's own, in clock time; undefined or Infinity when there is none. */
export function newCall(clock: Clock, signal: AbortSignal, deadline?: number): Call {
  const now = clock.now();
  const budget = Math.max(0, Number.isFinite(deadline) ? deadline! - now : defaultBudgetMs);
  return { signal, deadline: now + budget - Math.min(maxMarginMs, budget * marginShare) };
}
