import type { Store } from '../store/store';
import { isWrite, type RequestInfo } from './info';

/** Tables whose writes say nothing about the work done: they tick all the time. */
const ticking = new Set(['events', 'leases.coordination.k8s.io']);

/** How often what was asked of this server, and how often it stored something. */
export class Counters {
  /** By `verb resource[/subresource]`, such as `patch pods/status`. */
  readonly requests = new Map<string, number>();
  /** New resourceVersions (deletions too) by table: `pods`, `meshstorvolumes.csi.meshstor.io`. */
  readonly changes = new Map<string, number>();
  /** Fields that were dropped because no schema knows them, each text once. */
  readonly warnings = new Set<string>();
  #writeRequests = 0;

  constructor(store: Store) {
    store.listen((table) => add(this.changes, table));
  }

  count(request: RequestInfo): void {
    const { verb, resource, subresource } = request;
    add(this.requests, `${verb} ${resource}${subresource ? `/${subresource}` : ''}`);
    if (isWrite(request) && resource !== 'events' && resource !== 'leases') this.#writeRequests++;
  }

  /** Stored changes of everything but events and leases. */
  get writes(): number {
    let sum = 0;
    for (const [table, count] of this.changes) if (!ticking.has(table)) sum += count;
    return sum;
  }

  /** Write requests for everything but events and leases, whatever came of them. */
  get writeRequests(): number {
    return this.#writeRequests;
  }

  reset(): void {
    this.requests.clear();
    this.changes.clear();
    this.warnings.clear();
    this.#writeRequests = 0;
  }
}

const add = (counts: Map<string, number>, key: string): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};
