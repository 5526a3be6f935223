import type { Logger } from './log';

/**
 * Brings one object nearer to what is wanted.
 *
 * Guarantees: never called twice at once for one key; called again after a failure, with exponential
 * back-off; called at least once for every object at start.
 * Assumes: level-triggered and idempotent; a pass may be the first after any crash.
 */
export interface Reconciler {
  /** Appears in logs and metrics. */
  readonly name: string;
  reconcile(key: string, pass: Pass): Promise<Outcome>;
}

export interface Pass {
  /** Aborted at shutdown. */
  readonly signal: AbortSignal;
  /** Carries the reconciler's name, the key and the id of this pass. */
  readonly log: Logger;
}

/** How a pass ended, failures (throws) aside. */
export type Outcome =
  /** Nothing to do until something that is watched changes. */
  | { readonly kind: 'settled' }
  /** Look again after `ms`, if nothing changed before. */
  | { readonly kind: 'wait'; readonly ms: number; readonly for: string };

export const settled: Outcome = { kind: 'settled' };
export const wait = (ms: number, what: string): Outcome => ({ kind: 'wait', ms, for: what });
