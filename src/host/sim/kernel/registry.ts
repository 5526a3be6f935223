/** Devices by name, and by whatever somebody asks for often. */
export class Registry<T> {
  readonly #byName = new Map<string, T>();
  /** Made anew after a change, when it is asked for. */
  readonly #groups = new Map<(device: T) => string | undefined, Map<string, T[]>>();

  list(): Iterable<T> {
    return this.#byName.values();
  }

  find(name: string): T | undefined {
    return this.#byName.get(name);
  }

  set(name: string, device: T): void {
    this.#byName.set(name, device);
    this.#groups.clear();
  }

  delete(name: string): void {
    this.#byName.delete(name);
    this.#groups.clear();
  }

  /** Those of which `by` says `key`. `by` has to say the same of a device as long as that lives. */
  group(by: (device: T) => string | undefined, key: string): readonly T[] {
    let groups = this.#groups.get(by);
    if (!groups) this.#groups.set(by, (groups = this.#grouped(by)));
    return groups.get(key) ?? [];
  }

  #grouped(by: (device: T) => string | undefined): Map<string, T[]> {
    const groups = new Map<string, T[]>();
    for (const device of this.#byName.values()) {
      const key = by(device);
      if (key === undefined) continue;
      const group = groups.get(key);
      if (group) group.push(device);
      else groups.set(key, [device]);
    }
    return groups;
  }
}
