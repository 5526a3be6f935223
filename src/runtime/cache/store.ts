/** How a store keeps objects. What unpack gives equals what was packed, as JSON. */
export interface Codec<T, P> {
  pack(object: T): P;
  unpack(packed: P): T;
}

/** Objects by key. */
export interface Store<T> {
  readonly size: number;
  get(key: string): T | undefined;
  has(key: string): boolean;
  set(key: string, object: T): void;
  delete(key: string): void;
  keys(): IterableIterator<string>;
}

/** A store for few objects, or for ones that are read all the time. */
export const plainStore = <T>(): Store<T> => new Map<string, T>();
