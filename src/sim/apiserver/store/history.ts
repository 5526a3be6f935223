import type { Stored } from './stored';

export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly revision: number;
  readonly key: string;
  /** The object after the change; for DELETED its last state, at the revision of the deletion. */
  readonly after: Stored;
  /** The object before the change; undefined for ADDED. */
  readonly before?: Stored;
}

/**
 * What happened to one resource, oldest first, as far back as `limit` changes. Positions count from the very
 * first change and stay valid when old ones are forgotten.
 */
export class History {
  #changes: Change[] = [];
  #first = 0;
  #forgotten = 0;

  constructor(private readonly limit: number) {}

  /** Revision of the newest change that is no longer here; watching from before it is not possible. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** Position of the next change to come. */
  get end(): number {
    return this.#first + this.#changes.length;
  }

  append(change: Change): void {
    this.#changes.push(change);
    // Trimmed in bulk, so that the cost per change stays constant.
    if (this.#changes.length > this.limit * 2) this.#drop(this.#changes.length - this.limit);
  }

  /** Forgets every change up to and including `revision`. */
  compact(revision: number): void {
    this.#drop(this.#indexAfter(revision));
    this.#forgotten = Math.max(this.#forgotten, revision);
  }

  /** Position of the first change after `revision`; undefined when some of those are forgotten. */
  positionAfter(revision: number): number | undefined {
    return revision < this.#forgotten ? undefined : this.#first + this.#indexAfter(revision);
  }

  /** The change at a position; 'forgotten', or undefined when it has not happened yet. */
  at(position: number): Change | 'forgotten' | undefined {
    return position < this.#first ? 'forgotten' : this.#changes[position - this.#first];
  }

  /** For each key changed after `revision`: what it was at that revision. Throws nothing; see positionAfter. */
  undo(revision: number): Map<string, Stored | undefined> {
    const was = new Map<string, Stored | undefined>();
    for (let i = this.#indexAfter(revision); i < this.#changes.length; i++) {
      const { key, before } = this.#changes[i]!;
      if (!was.has(key)) was.set(key, before);
    }
    return was;
  }

  #drop(count: number): void {
    if (count <= 0) return;
    this.#forgotten = Math.max(this.#forgotten, this.#changes[count - 1]!.revision);
    this.#changes = this.#changes.slice(count);
    this.#first += count;
  }

  #indexAfter(revision: number): number {
    let low = 0;
    let high = this.#changes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#changes[middle]!.revision <= revision) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
