import type { Obj } from '../object/object';
import { withMeta } from '../object/object';
import type { Change } from './history';
import { Stored } from './stored';
import { Table } from './table';

export type { Change, Stored };

/** Told of every change, at once, in order. Must not write; schedule instead. */
export type ChangeListener = (table: string, change: Change) => void;

/**
 * All objects in memory, one table per resource. Every write takes the next revision, which is what clients
 * see as resourceVersion. Writes happen at once and one at a time: there is nothing to lock.
 */
export class Store {
  readonly #tables = new Map<string, Table>();
  readonly #listeners = new Set<ChangeListener>();
  #revision = 1;
  #compacted = 0;

  constructor(private readonly historyLimit = 4096) {}

  /** Revision of the newest write. */
  get revision(): number {
    return this.#revision;
  }

  table(name: string): Table {
    let table = this.#tables.get(name);
    if (!table) {
      table = new Table(this.historyLimit);
      table.history.compact(this.#compacted);
      this.#tables.set(name, table);
    }
    return table;
  }

  /** Names of the tables that were ever used. */
  tables(): Iterable<string> {
    return this.#tables.keys();
  }

  /** Creates or replaces. The object's resourceVersion is set here, on a copy. */
  put(table: string, key: string, object: Obj): Stored {
    const before = this.table(table).get(key);
    const after = this.#next(object);
    this.#apply(table, { type: before ? 'MODIFIED' : 'ADDED', revision: after.revision, key, after, before });
    return after;
  }

  /** Removes what is there; the last state it had gets the revision of its removal. */
  remove(table: string, key: string, last?: Obj): Stored | undefined {
    const before = this.table(table).get(key);
    if (!before) return undefined;
    const after = this.#next(last ?? before.object);
    this.#apply(table, { type: 'DELETED', revision: after.revision, key, after, before });
    return after;
  }

  listen(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Forgets how the present state came about, up to `revision`: older watches and pages answer 410. */
  compact(revision = this.#revision): void {
    this.#compacted = Math.max(this.#compacted, revision);
    for (const table of this.#tables.values()) table.history.compact(revision);
    for (const table of this.#tables.values()) table.wake();
  }

  #next(object: Obj): Stored {
    this.#revision++;
    return new Stored(withMeta(object, { resourceVersion: String(this.#revision) }), this.#revision);
  }

  #apply(table: string, change: Change): void {
    this.table(table).apply(change);
    for (const listener of [...this.#listeners]) listener(table, change);
  }
}
