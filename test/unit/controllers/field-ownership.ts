import { ApiError } from '../../../src/runtime/kube/client';

/** The fields one manager applied, as a tree. Conditions are merged by their type; other lists are atomic. */
export type Fields = Record<string, unknown>;

/**
 * Server-side apply for objects whose managers share no field: what one leaves out that it had, goes. As real
 * servers do, refuses what would leave an object or a keyed list of a manager empty, and (as Kubernetes 1.20
 * does) empty strings.
 */
export function applied(live: Fields, before: Fields, now: Fields, at = 'status'): Fields {
  const merged: Fields = {};
  for (const key of new Set([...Object.keys(live), ...Object.keys(now)])) {
    const value = merge(`${at}.${key}`, live[key], before[key], now[key]);
    if (value !== undefined) merged[key] = value;
  }
  return merged;
}

function merge(at: string, live: unknown, before: unknown, now: unknown): unknown {
  if (now === '') throw becameNull(at);
  if (at.endsWith('.conditions')) return mergeConditions(at, live, before, now);
  if (isFields(now)) return applied(isFields(live) ? live : {}, isFields(before) ? before : {}, now, at);
  if (now !== undefined || before === undefined) return now ?? live;
  if (isFields(before)) throw becameNull(at);
  return undefined;
}

/** The manager's own entries in its order; those of others follow. */
function mergeConditions(at: string, live: unknown, before: unknown, now: unknown): unknown {
  const [lives, befores, nows] = [live, before, now].map((list) => (list ?? []) as Fields[]);
  const find = (list: Fields[], entry: Fields) => list.find(({ type }) => type === entry.type);
  const own = nows!.map((entry) => applied(find(lives!, entry) ?? {}, find(befores!, entry) ?? {}, entry, at));
  const all = [...own, ...lives!.filter((entry) => !find(nows!, entry) && !find(befores!, entry))];
  if (all.length === 0 && befores!.length > 0) throw becameNull(at);
  return all.length > 0 || now !== undefined ? all : undefined;
}

const becameNull = (at: string) => new ApiError(422, 'Invalid', `${at}: Invalid value: "null"`);

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
