import { withMeta } from '../object/object';
import type { Obj } from '../object/object';
import type { Change } from './history';
import { Stored } from './stored';
import type { Table } from './table';

export type WatchItem =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: Stored }
  /** The state given at the start is complete. */
  | { readonly type: 'SYNCED'; readonly revision: number };

/**
 * Reads a table's changes one by one, as one selector sees them: an object that starts to match is ADDED, one
 * that stops is DELETED. Holds no queue of its own: a slow reader costs nothing, and one that falls behind
 * the history is told so.
 */
export class Watcher {
  #position: number;
  readonly #initial: Iterator<Stored>;
  #initialDone = false;

  /** `initial` comes first, as ADDED; then what happened after position `from`. */
  constructor(
    private readonly table: Table,
    private readonly matches: (object: Obj) => boolean,
    private readonly prefix: string,
    from: number,
    initial: Iterable<Stored>,
    private readonly revision: number,
  ) {
    this.#position = from;
    this.#initial = initial[Symbol.iterator]();
  }

  /** The next event; undefined when there is none yet; 'expired' when the history is gone. */
  next(): WatchItem | 'expired' | undefined {
    if (!this.#initialDone) {
      const first = this.#initial.next();
      if (!first.done) return { type: 'ADDED', object: first.value };
      this.#initialDone = true;
      return { type: 'SYNCED', revision: this.revision };
    }
    for (;;) {
      const change = this.table.history.at(this.#position);
      if (change === undefined || change === 'forgotten') return change && 'expired';
      this.#position++;
      const item = this.#seen(change);
      if (item) return item;
    }
  }

  #seen(change: Change): WatchItem | undefined {
    if (!change.key.startsWith(this.prefix)) return undefined;
    const before = change.before !== undefined && this.matches(change.before.object);
    const after = change.type !== 'DELETED' && this.matches(change.after.object);
    if (after) return { type: before ? 'MODIFIED' : 'ADDED', object: change.after };
    if (!before) return undefined;
    return { type: 'DELETED', object: change.type === 'DELETED' ? change.after : lastMatch(change) };
  }
}

/** An object that stopped matching is shown as it was, at the revision at which it stopped. */
function lastMatch({ before, revision }: Change): Stored {
  return new Stored(withMeta(before!.object, { resourceVersion: String(revision) }), revision);
}
