import { isDeepStrictEqual } from 'node:util';

/** Equality as the API server sees it: a field that is undefined is a field that is not there. */
export function sameJSON(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(plain(a), plain(b));
}

const plain = (value: unknown): unknown =>
  value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
