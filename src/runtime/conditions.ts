import type { Condition } from '../api/meta';

/** Limits of metav1.Condition, in characters. */
const maxMessage = 32_768;
const maxReason = 1_024;

/** What one pass found, for programs (`reason`, CamelCase) and for people. */
export type Verdict = Pick<Condition, 'status' | 'reason' | 'message'>;

/**
 * The condition to report; `now` is a metav1.Time. While its status is what it was among `previous`, it keeps the time
 * of its last transition.
 */
export function observed(
  type: string,
  { status, reason, message }: Verdict,
  previous: readonly Condition[] | undefined,
  now: string,
): Condition {
  const before = previous?.find((condition) => condition.type === type);
  const lastTransitionTime = before?.status === status ? before.lastTransitionTime : now;
  const texts = { reason: reason.slice(0, maxReason), message: message.slice(0, maxMessage) };
  return { type, status, ...texts, lastTransitionTime };
}
