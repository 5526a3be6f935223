import type { Fault as ApiFault } from '../../src/sim/apiserver/hooks/faults';
import type { RequestInfo } from '../../src/sim/apiserver/hooks/info';
import type { Clock } from '../../src/runtime/clock';

/** So many changes an API server that lags does not know of yet: about as many as one step of a volume's life makes. */
const behind = 8;

/** Answers lists and watches with what was before. Reads of one object are never stale: they come from etcd. */
export class Lag {
  /** Of the last changes, oldest first. */
  readonly #revisions: number[];
  /** Relists of a process that are still to be answered with what was before. */
  readonly #relists = new Map<string, { refused: boolean; revision: number }>();
  /** Processes that are told of nothing new until then. */
  readonly #past = new Map<string, { revision: number; until: number }>();

  constructor(
    private readonly clock: Clock,
    revision: number,
  ) {
    this.#revisions = [revision];
  }

  happened(revision: number): void {
    this.#revisions.push(revision);
    if (this.#revisions.length > behind) this.#revisions.shift();
  }

  /** The watch that breaks now is refused once as too old; the list that follows tells what was before the last change. */
  repeat(client: string, resource: string): void {
    this.#relists.set(`${client} ${resource}`, { refused: false, revision: this.#revisions.at(-1)! - 1 });
  }

  /** For so long the process is told what was some changes before, and nothing new. */
  forget(client: string, ms: number): void {
    this.#past.set(client, { revision: this.#revisions[0]! - 1, until: this.clock.now() + ms });
  }

  answer({ verb, client, resource }: RequestInfo): ApiFault | undefined {
    const past = this.#past.get(client);
    if (past && this.clock.now() < past.until) {
      return verb === 'list' ? { kind: 'stale', revision: past.revision } : refusal(503, 'ServiceUnavailable');
    }
    const key = `${client} ${resource}`;
    const pending = this.#relists.get(key);
    if (!pending) return undefined;
    if (verb === 'list') {
      this.#relists.delete(key);
      return { kind: 'stale', revision: pending.revision };
    }
    if (pending.refused) return undefined;
    pending.refused = true;
    return refusal(410, 'Expired');
  }
}

const refusal = (code: number, reason: string): ApiFault => ({
  ...{ kind: 'status', code, reason, message: `injected: ${reason}`, effect: 'none' },
});
