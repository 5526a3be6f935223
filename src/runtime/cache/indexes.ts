/** Values under which an object is to be found; none is fine. Throwing counts as none. */
export type IndexFunction<T> = (object: T) => readonly string[];

export type Indexers<T> = Readonly<Record<string, IndexFunction<T>>>;

/** From this many keys under one value on, a set is cheaper than an array. */
const manyKeys = 32;

/** Keys by index and value. Most values have few keys, and there are many values: a key, an array or a set. */
type Keys = string | string[] | Set<string>;

export class Indexes<T> {
  private readonly indexes: [IndexFunction<T>, Map<string, Keys>][] = [];
  private readonly names = new Map<string, Map<string, Keys>>();

  constructor(indexers: Indexers<T> = {}) {
    for (const [name, valuesOf] of Object.entries(indexers)) {
      const index = new Map<string, Keys>();
      this.names.set(name, index);
      this.indexes.push([valuesOf, index]);
    }
  }

  /** The keys under a value, in no order. Throws when there is no such index. */
  keys(name: string, value: string): readonly string[] {
    const keys = this.index(name).get(value);
    if (keys === undefined) return [];
    return typeof keys === 'string' ? [keys] : [...keys];
  }

  /** The values that have keys. Throws when there is no such index. */
  values(name: string): IterableIterator<string> {
    return this.index(name).keys();
  }

  private index(name: string): Map<string, Keys> {
    const index = this.names.get(name);
    if (!index) throw new Error(`no index '${name}'; there are: ${[...this.names.keys()].join(', ') || 'none'}`);
    return index;
  }

  /** The object under `key` was `before` and is `now`; undefined where it was or is not there. */
  update(key: string, before: T | undefined, now: T | undefined): void {
    for (const [valuesOf, index] of this.indexes) {
      const old = before === undefined ? [] : safely(valuesOf, before);
      const wanted = now === undefined ? [] : safely(valuesOf, now);
      for (const value of old) if (!wanted.includes(value)) remove(index, value, key);
      for (const value of wanted) if (!old.includes(value)) insert(index, value, key);
    }
  }
}

function safely<T>(valuesOf: IndexFunction<T>, object: T): readonly string[] {
  try {
    return valuesOf(object);
  } catch {
    return [];
  }
}

function insert(index: Map<string, Keys>, value: string, key: string): void {
  const keys = index.get(value);
  if (keys === undefined) index.set(value, key);
  else if (typeof keys === 'string') {
    if (keys !== key) index.set(value, [keys, key]);
  } else if (keys instanceof Set) keys.add(key);
  else if (keys.includes(key)) return;
  else if (keys.length < manyKeys) keys.push(key);
  else index.set(value, new Set([...keys, key]));
}

function remove(index: Map<string, Keys>, value: string, key: string): void {
  const keys = index.get(value);
  if (keys === undefined) return;
  if (typeof keys === 'string') {
    if (keys === key) index.delete(value);
    return;
  }
  if (keys instanceof Set) keys.delete(key);
  else {
    const position = keys.indexOf(key);
    if (position >= 0) keys.splice(position, 1);
  }
  if ((keys instanceof Set ? keys.size : keys.length) === 0) index.delete(value);
}
