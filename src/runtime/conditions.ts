import type { Condition } from '../api/meta';

/** Limits of metav1.Condition. */
const maxMessage = 32_768;
const maxReason = 1_024;

export interface Observation {
  readonly status: Condition['status'];
  /** CamelCase, for programs. */
  readonly reason: string;
  /** A sentence, for people. */
  readonly message: string;
}

const notObserved: Observation = {
  status: 'Unknown',
  reason: 'NotObserved',
  message: 'The last pass ended before this was looked at.',
};

/**
 * The conditions of one writer as one pass over an object observed them. Every pass starts from nothing: what
 * it does not come to look at is reported as not observed, not as it was the last time.
 */
export class Conditions {
  private readonly observed = new Map<string, Observation | undefined>();

  /** `types`: those this writer owns. No other can be set, and no other comes out. */
  constructor(private readonly types: readonly string[]) {}

  set(type: string, status: Condition['status'], reason: string, message: string): this {
    return this.put(type, { status, reason, message });
  }

  /** The object has no such condition now (looked at, and it does not apply). */
  leaveOut(type: string): this {
    return this.put(type, undefined);
  }

  /**
   * What to report, by type. A condition whose status is what it was in `previous` keeps its
   * lastTransitionTime; any other changed `now` (a metav1.Time).
   */
  report(previous: readonly Condition[] | undefined, now: string, observedGeneration?: number): Condition[] {
    const before = new Map(previous?.map((condition) => [condition.type, condition]));
    return [...this.types].sort().flatMap((type): Condition[] => {
      const observed = this.observed.has(type) ? this.observed.get(type) : notObserved;
      if (!observed) return [];
      const { status, reason, message } = observed;
      const known = before.get(type);
      const lastTransitionTime = known?.status === status ? known.lastTransitionTime : now;
      const generation = observedGeneration === undefined ? {} : { observedGeneration };
      const texts = { reason: reason.slice(0, maxReason), message: message.slice(0, maxMessage) };
      return [{ type, status, ...texts, lastTransitionTime, ...generation }];
    });
  }

  private put(type: string, observation: Observation | undefined): this {
    if (!this.types.includes(type)) throw new Error(`condition ${type} is not one of: ${this.types.join(', ')}`);
    this.observed.set(type, observation);
    return this;
  }
}
