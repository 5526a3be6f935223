import type { Store } from '../store/store';
import { Counters } from './counters';
import type { FaultPlan, Latency } from './faults';
import { Streams } from './streams';

/** How tests and the simulator make this server misbehave, and see what it did. */
export class Hooks {
  /** Unset: no faults. */
  faults: FaultPlan | undefined;
  /** Unset: answers at once. */
  latency: Latency | undefined;
  readonly counters: Counters;
  readonly watches = new Streams();

  constructor(private readonly store: Store) {
    this.counters = new Counters(store);
  }

  /** Forgets the history up to a revision (default: all of it): older watches and pages get 410. */
  compact(revision?: number): void {
    this.store.compact(revision);
  }
}
