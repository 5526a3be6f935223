import { namespaceUUID, parseExportNQN } from '../../../api/identity';
import { isHostError } from '../../errors';
import type { Member, MemberSource } from '../../gen/host';
import type { Call } from '../call';
import { memberMaps, type MemberMap } from '../dm/devices';
import type { Host } from '../host';
import { readPathStates, recentPathStates, type PathState } from './path-state';
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
  return observeIn(host, maps, call);
}

/** By what device-mapper said of them a moment ago. */
export async function observeIn(host: Host, maps: readonly MemberMap[], call: Call): Promise<ObservedMember[]> {
  const states = await recentPathStates(host, maps, call);
  return Promise.all(maps.map((map) => observe(host, map, states.get(map.uuid)!)));
}

/** By what device-mapper says now. */
export async function observeMember(host: Host, map: MemberMap, call: Call): Promise<ObservedMember> {
  return observe(host, map, (await readPathStates(host, [map], call)).get(map.uuid)!);
}

async function observe(host: Host, map: MemberMap, state: PathState): Promise<ObservedMember> {
  return { map, queueing: state.queueing, path: await workingPath(host, map, state) };
}

/** By the map's own account, and by who the device is that it leads to. */
async function workingPath(host: Host, map: MemberMap, { active }: PathState): Promise<ObservedMember['path']> {
  if (active === undefined) return undefined;
  const name = (await host.sysfs.link(`dev/block/${active}`))?.split('/').at(-1);
  if (name === undefined) return undefined;
  const source = await sourceOf(host, map, name);
  return source && { source, device: `${host.paths.dev}/${name}` };
}

/**
 * What a device below a map is the path to. Undefined when it is not the map's partition, served under the map's
 * epoch: device numbers are given anew, and a map may have been made over one that had just changed hands.
 * A partition of this node was identified when the map got it (members/apply.ts); sysfs does not tell its UUID.
 */
async function sourceOf(host: Host, { member }: MemberMap, name: string): Promise<MemberSource | undefined> {
  const { volumeUID, partitionUUID, epoch } = member;
  if (/p\d+$/.test(name)) return { partitionUuid: partitionUUID };
  const nqn = await subsystemOf(host, name);
  if (nqn === undefined) return undefined;
  const served = parseExportNQN(nqn);
  if (served?.volumeUID !== volumeUID || served.partitionUUID !== partitionUUID || served.epoch !== epoch) {
    return undefined;
  }
  const namespaceUuid = await host.sysfs.text(`block/${name}/uuid`);
  const expected = host.expectedNamespace.get(nqn) ?? namespaceUUID(partitionUUID, epoch);
  return namespaceUuid === expected ? { partitionUuid: partitionUUID, nqn, namespaceUuid } : undefined;
}

/** NQN of the subsystem a namespace is of: its parent, or with native multipath off that of its controller. */
async function subsystemOf({ sysfs }: Host, name: string): Promise<string | undefined> {
  const parent = (await sysfs.link(`block/${name}/device`))?.split('/').at(-1);
  return (await sysfs.text(`class/nvme-subsystem/${parent}/subsysnqn`)) ?? sysfs.text(`class/nvme/${parent}/subsysnqn`);
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
