import type { Call } from '../call';
import type { MemberMap } from '../dm/devices';
import { states, type DeviceState } from '../dm/dmsetup';
import type { Host } from '../host';
import { isQueueing, parsePaths } from '../parse/dmsetup';

/** What a member's map does with I/O, by its own account. */
export interface PathState {
  /** dm-3 */
  readonly kernelName: string;
  /** I/O that finds no path waits. */
  readonly queueing: boolean;
  /** major:minor of the path that works; a suspended map lets nothing through. */
  readonly active: string | undefined;
}

export function pathStateOf({ kernelName }: MemberMap, state: DeviceState | undefined): PathState {
  if (state?.target !== 'multipath') return { kernelName, queueing: false, active: undefined };
  const active = state.suspended ? undefined : parsePaths(state.status).find((path) => path.active)?.device;
  return { kernelName, queueing: isQueueing(state.table), active };
}

/** A map that was made this moment is as it was made. */
export function rememberMade({ recent }: Host, { uuid, kernelName }: MemberMap, active: string): void {
  recent.paths.reading()(uuid, { kernelName, queueing: true, active });
}

/** As device-mapper says now. */
export async function readPathStates(
  host: Host,
  maps: readonly MemberMap[],
  call: Call,
): Promise<Map<string, PathState>> {
  const remember = host.recent.paths.reading();
  const found = await states(host, maps, call);
  const all = maps.map((map) => [map.uuid, pathStateOf(map, found.get(map.name))] as const);
  for (const [uuid, state] of all) remember(uuid, state);
  return new Map(all);
}

/** As it said a moment ago, where nothing happened to a map since. */
export async function recentPathStates(
  host: Host,
  maps: readonly MemberMap[],
  call: Call,
): Promise<Map<string, PathState>> {
  const { paths } = host.recent;
  const unknown = maps.filter(({ uuid, suspended }) => suspended || paths.get(uuid) === undefined);
  const known = maps.map(({ uuid }) => [uuid, paths.get(uuid)!] as const);
  return new Map([...known, ...(await readPathStates(host, unknown, call))]);
}
