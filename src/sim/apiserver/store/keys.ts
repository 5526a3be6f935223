/** Strings in ascending order. Adding costs a binary search and one memory move. */
export class SortedKeys {
  readonly #keys: string[] = [];

  add(key: string): void {
    const at = this.#lowerBound(key);
    if (this.#keys[at] !== key) this.#keys.splice(at, 0, key);
  }

  /** Appends a key that is known to be greater than all others. */
  push(key: string): void {
    this.#keys.push(key);
  }

  delete(key: string): void {
    const at = this.#lowerBound(key);
    if (this.#keys[at] === key) this.#keys.splice(at, 1);
  }

  /** Keys that start with `prefix` and are greater than `after`. Do not change the set while iterating. */
  *range(prefix: string, after: string): Iterable<string> {
    let at = this.#lowerBound(after > prefix ? after : prefix);
    if (this.#keys[at] === after) at++;
    for (; at < this.#keys.length; at++) {
      const key = this.#keys[at]!;
      if (!key.startsWith(prefix)) return;
      yield key;
    }
  }

  /** How many keys `range` would give. */
  count(prefix: string, after: string): number {
    const start = this.#lowerBound(after > prefix ? after : prefix);
    // No key holds a character above this one.
    const end = prefix === '' ? this.#keys.length : this.#lowerBound(`${prefix}\uffff`);
    return Math.max(0, end - start - (this.#keys[start] === after ? 1 : 0));
  }

  #lowerBound(key: string): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#keys[middle]! < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
