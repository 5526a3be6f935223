/** How a store keeps objects. What unpack gives equals what was packed, as JSON. */
export interface Codec<T, P> {
  readonly pack: (object: T) => P;
  readonly unpack: (packed: P) => T;
}

/** Objects by key. */
export interface Store<T> {
  readonly size: number;
  get(key: string): T | undefined;
  set(key: string, object: T): void;
  delete(key: string): void;
  keys(): IterableIterator<string>;
}

/** A store for few objects, or for ones that are read all the time. Every reader gets the same object. */
export const plainStore = <T>(): Store<T> => new Map<string, T>();

/** A store that keeps objects in another form. Every reader gets an object of its own. */
export class CodecStore<T, P> implements Store<T> {
  private readonly packed = new Map<string, P>();

  constructor(private readonly codec: Codec<T, P>) {}

  get size(): number {
    return this.packed.size;
  }

  get(key: string): T | undefined {
    const packed = this.packed.get(key);
    return packed === undefined ? undefined : this.codec.unpack(packed);
  }

  set(key: string, object: T): void {
    this.packed.set(key, this.codec.pack(object));
  }

  delete(key: string): void {
    this.packed.delete(key);
  }

  keys(): IterableIterator<string> {
    return this.packed.keys();
  }
}
