import type { RequestInfo } from './info';

/** What goes wrong with one request. */
export type Fault =
  /** The server refuses; with effect `done` only after it did what was asked. */
  | {
      readonly kind: 'status';
      readonly code: number;
      readonly reason: string;
      readonly message: string;
      readonly effect: Effect;
    }
  /** The connection breaks: the client cannot know whether anything was done. */
  | { readonly kind: 'reset'; readonly effect: Effect }
  /** A read is answered from the state of an older revision. */
  | { readonly kind: 'stale'; readonly revision: number };

export type Effect = 'none' | 'done';

/** Decides about every request, in order; undefined lets it pass. */
export type FaultPlan = (request: RequestInfo) => Fault | undefined;

/** Milliseconds a request takes before and after it has its effect. */
export type Latency = (request: RequestInfo) => number | { readonly before: number; readonly after: number };

/** The connection broke before the answer arrived. */
export class ConnectionReset extends Error {
  readonly code = 'ECONNRESET';

  constructor() {
    super('the connection to the API server was reset');
    this.name = 'ConnectionReset';
  }
}

/** Fails the n-th request (counted from 1) that `matches`, and no other. */
export function failNth(n: number, fault: Fault, matches: (request: RequestInfo) => boolean = () => true): FaultPlan {
  let seen = 0;
  return (request) => (matches(request) && ++seen === n ? fault : undefined);
}
