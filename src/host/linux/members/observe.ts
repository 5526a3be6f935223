import { isHostError } from '../../errors';
import type { Member, MemberSource } from '../../gen/host';
import type { Call } from '../call';
import type { DeviceState } from '../dm/dmsetup';
import { states } from '../dm/dmsetup';
import { memberMaps, type MemberMap } from '../dm/devices';
import type { Host } from '../host';
import { isQueueing, parsePaths } from '../parse/dmsetup';
import { readSuperblock } from './superblocks';

/** A member's map and what is below it. */
export interface ObservedMember {
  readonly map: MemberMap;
  readonly queueing: boolean;
  /** Unset when the map has no path that works. */
  readonly path?: { readonly source: MemberSource; readonly device: string } | undefined;
}

/** How long a superblock that is not known may take; a path on which it takes longer does not work. */
const superblockCapMs = 2_000;

export async function observeMembers(host: Host, volumeUID: string, call: Call): Promise<ObservedMember[]> {
  const maps = await memberMaps(host, volumeUID);
  return observeIn(host, maps, await states(host, maps, call));
}

/** By what device-mapper just said of them, by name. */
export function observeIn(
  host: Host,
  maps: readonly MemberMap[],
  found: ReadonlyMap<string, DeviceState>,
): Promise<ObservedMember[]> {
  return Promise.all(maps.map((map) => observe(host, map, found.get(map.name))));
}

export async function observeMember(host: Host, map: MemberMap, call: Call): Promise<ObservedMember> {
  return observe(host, map, (await states(host, [map], call)).get(map.name));
}

async function observe(host: Host, map: MemberMap, state: DeviceState | undefined): Promise<ObservedMember> {
  return {
    map,
    queueing: state?.target === 'multipath' && isQueueing(state.table),
    path: await workingPath(host, map, state),
  };
}

/** By the map's own account, and the device it leads to still being there. A suspended map lets nothing through. */
async function workingPath(
  { sysfs, paths }: Host,
  map: MemberMap,
  state: DeviceState | undefined,
): Promise<ObservedMember['path']> {
  if (!state || state.suspended || state.target !== 'multipath') return undefined;
  const active = parsePaths(state.status).find((path) => path.active);
  if (!active) return undefined;
  const name = (await sysfs.link(`dev/block/${active.device}`))?.split('/').at(-1);
  if (name === undefined) return undefined;
  const device = `${paths.dev}/${name}`;
  const { partitionUUID } = map.member;
  const parent = (await sysfs.link(`block/${name}/device`))?.split('/').at(-1);
  const nqn = await sysfs.text(`class/nvme-subsystem/${parent}/subsysnqn`);
  const isPartition = /p\d+$/.test(name);
  if (isPartition || nqn === undefined) return { source: { partitionUuid: partitionUUID }, device };
  const namespaceUuid = await sysfs.text(`block/${name}/uuid`);
  return { source: { partitionUuid: partitionUUID, nqn, namespaceUuid }, device };
}

/** As the contract has it. Reads a superblock that is not known. */
export async function describeMember(host: Host, { map, queueing, path }: ObservedMember, call: Call): Promise<Member> {
  const { slot, partitionUUID, epoch } = map.member;
  const works = path && (await knowSuperblock(host, map, path.device, call)) ? path.source : undefined;
  return {
    slot,
    partitionUuid: partitionUUID,
    path: works,
    queueing,
    superblock: host.superblocks.get(map.uuid)?.superblock,
    sizeBytes: map.sizeBytes,
    epoch,
  };
}

async function knowSuperblock(host: Host, map: MemberMap, device: string, call: Call): Promise<boolean> {
  if (host.superblocks.get(map.uuid)) return true;
  try {
    await refreshSuperblock(host, map, device, call, superblockCapMs);
    return host.superblocks.get(map.uuid) !== undefined;
  } catch (error) {
    if (!isHostError(error, 'Unreachable', 'Foreign')) throw error;
    host.log.warn('superblock unread', { map: map.name, error: error.message });
    return isHostError(error, 'Foreign');
  }
}

/**
 * Reads a member's superblock and remembers it. Past the map: a read of a map whose path fails this moment would
 * wait in it, and keep it open.
 */
export async function refreshSuperblock(
  host: Host,
  map: MemberMap,
  device: string,
  call: Call,
  capMs?: number,
): Promise<void> {
  const remember = host.superblocks.reading(map.uuid);
  remember(await readSuperblock(host, device, call, `map ${map.name}`, capMs));
}

/**
 * Remembers a volume's superblocks anew after md was told to write them. Of one that cannot be read, what was known
 * stays so, which is nothing where its identity was to change (Superblocks.rewriting): who looks next reads again.
 */
export async function refreshSuperblocks(host: Host, members: readonly ObservedMember[], call: Call): Promise<void> {
  await Promise.all(
    members.map(async ({ map, path }) => {
      if (path) await refreshSuperblock(host, map, path.device, call, superblockCapMs).catch(() => undefined);
    }),
  );
}
