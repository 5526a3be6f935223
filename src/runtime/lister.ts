/**
 * A read-only view of objects kept up to date by watching. May lag behind the API server; never mutate what
 * it returns.
 */
export interface Lister<T> {
  get(name: string, namespace?: string): T | undefined;
  list(): T[];
  /** Objects whose index function gave this value. Throws when there is no such index. */
  byIndex(index: string, value: string): T[];
}
