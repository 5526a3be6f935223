import { History, type Change } from './history';
import { SortedKeys } from './keys';
import type { Stored } from './stored';

/** All objects of one resource as they were at one revision. */
export interface View {
  get(key: string): Stored | undefined;
  /** Objects in key order: those whose key starts with `prefix`, behind the key `after`. */
  range(prefix: string, after?: string): Iterable<readonly [key: string, object: Stored]>;
  /** How many objects `range` would give. */
  count(prefix: string, after?: string): number;
}

/** The objects of one resource, newest state, with what led to it. */
export class Table implements View {
  readonly history: History;
  readonly #objects = new Map<string, Stored>();
  readonly #keys = new SortedKeys();
  readonly #onChange = new Set<() => void>();

  constructor(historyLimit: number) {
    this.history = new History(historyLimit);
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): Stored | undefined {
    return this.#objects.get(key);
  }

  *range(prefix: string, after = ''): Iterable<readonly [string, Stored]> {
    for (const key of this.#keys.range(prefix, after)) yield [key, this.#objects.get(key)!];
  }

  count(prefix: string, after = ''): number {
    return this.#keys.count(prefix, after);
  }

  /** The state at an older revision; undefined when its history is forgotten. */
  at(revision: number): View | undefined {
    if (this.history.positionAfter(revision) === undefined) return undefined;
    const was = this.history.undo(revision);
    return was.size === 0 ? this : new PastView(this, was);
  }

  apply(change: Change): void {
    if (change.type === 'DELETED') {
      this.#objects.delete(change.key);
      this.#keys.delete(change.key);
    } else {
      this.#objects.set(change.key, change.after);
      if (change.type === 'ADDED') this.#keys.add(change.key);
    }
    this.history.append(change);
    this.wake();
  }

  /** Lets every waiting watcher look again. */
  wake(): void {
    for (const callback of [...this.#onChange]) callback();
  }

  /** Calls back after every change; returns the way to stop that. */
  onChange(callback: () => void): () => void {
    this.#onChange.add(callback);
    return () => this.#onChange.delete(callback);
  }
}

class PastView implements View {
  constructor(
    private readonly table: Table,
    private readonly was: Map<string, Stored | undefined>,
  ) {}

  get(key: string): Stored | undefined {
    return this.was.has(key) ? this.was.get(key) : this.table.get(key);
  }

  *range(prefix: string, after = ''): Iterable<readonly [string, Stored]> {
    for (const key of this.#keys(prefix, after).range(prefix, after)) yield [key, this.get(key)!];
  }

  count(prefix: string, after = ''): number {
    return this.#keys(prefix, after).count(prefix, after);
  }

  #keys(prefix: string, after: string): SortedKeys {
    const keys = new SortedKeys();
    for (const [key] of this.table.range(prefix, after)) if (!this.was.has(key)) keys.push(key);
    for (const [key, object] of this.was) if (object && key.startsWith(prefix) && key > after) keys.add(key);
    return keys;
  }
}
