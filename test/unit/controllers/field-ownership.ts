/** The fields one manager applied, as a tree; lists with keys are merged entry by entry, as their schemas say. */
export type Fields = Record<string, unknown>;

/** Lists of type map in the CRDs, and what identifies an entry. */
const listKeys: Readonly<Record<string, string>> = {
  conditions: 'type',
  inSync: 'partitionUUID',
  members: 'partitionUUID',
  partitions: 'name',
};

/** Server-side apply for objects whose managers share no field: what one leaves out that it had, goes. */
export function applied(live: Fields, before: Fields, now: Fields): Fields {
  const merged: Fields = {};
  for (const key of new Set([...Object.keys(live), ...Object.keys(now)])) {
    const value = merge(listKeys[key], live[key], before[key], now[key]);
    if (value !== undefined) merged[key] = value;
  }
  return merged;
}

function merge(listKey: string | undefined, live: unknown, before: unknown, now: unknown): unknown {
  if (listKey !== undefined) return mergeList(listKey, live, before, now);
  if (isFields(now) && isFields(live)) return applied(live, isFields(before) ? before : {}, now);
  if (now !== undefined) return now;
  if (!isFields(before) || !isFields(live)) return before === undefined ? live : undefined;
  const left = applied(live, before, {});
  return Object.keys(left).length > 0 ? left : undefined;
}

/** The manager's own entries in its order; those of others follow. */
function mergeList(key: string, live: unknown, before: unknown, now: unknown): unknown {
  const [lives, befores, nows] = [live, before, now].map((list) => (list ?? []) as Fields[]) as [
    Fields[],
    Fields[],
    Fields[],
  ];
  const find = (list: Fields[], entry: Fields) => list.find((other) => other[key] === entry[key]);
  const own = nows.map((entry) => applied(find(lives, entry) ?? {}, find(befores, entry) ?? {}, entry));
  const others = lives.filter((entry) => !find(nows, entry) && !find(befores, entry));
  return now === undefined && others.length === 0 ? undefined : [...own, ...others];
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
