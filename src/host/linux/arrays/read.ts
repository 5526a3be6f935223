import { HostError } from '../../errors';
import { SyncAction, type Array as HostArray, type ArrayLevel } from '../../gen/host';
import type { ArrayMember, ArrayMemberState } from '../../gen/host';
import type { MemberMap } from '../dm/devices';
import type { Host } from '../host';
import {
  isRunning,
  parseLevel,
  parseMemberState,
  parseNear,
  parseProgress,
  parseReplacing,
  parseRole,
  parseSyncAction,
} from '../parse/md';

/** An array over a volume's member maps, as sysfs tells. */
export interface MdArray {
  /** md127 */
  readonly name: string;
  readonly path: string;
  /** major:minor */
  readonly devno: string;
  readonly uuid: string;
  readonly level: ArrayLevel;
  readonly near: number;
  readonly raidDevices: number;
  readonly sizeBytes: number;
  /** array_state: clean, active, readonly, inactive, ... */
  readonly state: string;
  readonly running: boolean;
  readonly holders: readonly string[];
  readonly members: readonly MdMember[];
}

export interface MdMember {
  readonly map: MemberMap;
  /** md's role; -1 for none. */
  readonly role: number;
  readonly state: ArrayMemberState;
  /** In sync, and to be left for a copy. */
  readonly wantsReplacement: boolean;
  /** The copy of the one in its role. */
  readonly isReplacement: boolean;
}

/** The member of a slot; undefined when the array has none. */
export const memberInSlot = ({ members }: MdArray, slot: number): MdMember | undefined =>
  members.find(({ map }) => map.member.slot === slot);

/** Whether a role has no member. */
export const hasVacancy = ({ members, raidDevices }: MdArray): boolean =>
  new Set(members.map(({ role }) => role).filter((role) => role >= 0)).size < raidDevices;

/**
 * The array these maps are in, running or not; undefined when they are in none. Invalid when they are in several:
 * that is no state this agent makes.
 */
export async function arrayOver(host: Host, maps: readonly MemberMap[]): Promise<MdArray | undefined> {
  const names = [...new Set(maps.flatMap(({ holders }) => holders.filter((name) => /^md/.test(name))))];
  if (names.length > 1)
    throw new HostError('Invalid', `members of one volume are in several arrays: ${names.join(', ')}`);
  const [name] = names;
  return name === undefined ? undefined : readArray(host, name, maps);
}

async function readArray(host: Host, name: string, maps: readonly MemberMap[]): Promise<MdArray | undefined> {
  const { sysfs, paths } = host;
  const folder = `block/${name}`;
  const [uuid, devno, state, level, layout, raidDisks, sectors, holders] = await Promise.all([
    sysfs.text(`${folder}/md/uuid`),
    sysfs.text(`${folder}/dev`),
    sysfs.text(`${folder}/md/array_state`),
    sysfs.text(`${folder}/md/level`),
    sysfs.number(`${folder}/md/layout`),
    sysfs.number(`${folder}/md/raid_disks`),
    sysfs.number(`${folder}/size`),
    sysfs.list(`${folder}/holders`),
  ]);
  if (state === undefined || devno === undefined) return undefined;
  return {
    name,
    path: `${paths.dev}/${name}`,
    devno,
    uuid: uuid ?? '',
    level: parseLevel(level),
    near: parseNear(layout, parseLevel(level)),
    raidDevices: raidDisks ?? 0,
    sizeBytes: (sectors ?? 0) * 512,
    state,
    running: isRunning(state),
    holders,
    members: await readMembers(host, name, maps),
  };
}

async function readMembers({ sysfs }: Host, array: string, maps: readonly MemberMap[]): Promise<MdMember[]> {
  const all = await Promise.all(
    maps.map(async (map): Promise<MdMember | undefined> => {
      const folder = `block/${array}/md/dev-${map.kernelName}`;
      const [slot, state] = await Promise.all([sysfs.text(`${folder}/slot`), sysfs.text(`${folder}/state`)]);
      if (state === undefined) return undefined;
      const role = parseRole(slot);
      return { map, role, state: parseMemberState(state, role), ...parseReplacing(state) };
    }),
  );
  return all.filter((member) => member !== undefined);
}

/** Throws Busy while md synchronises anything, or is about to. */
export async function requireIdle({ sysfs }: Host, array: MdArray): Promise<void> {
  const action = (await sysfs.text(`block/${array.name}/md/sync_action`)) ?? 'unknown';
  if (action !== 'idle') throw new HostError('Busy', `${array.name} is at work: ${action}`);
}

/** As the contract has it; undefined for one that does not run. */
export async function describeArray(host: Host, array: MdArray | undefined): Promise<HostArray | undefined> {
  if (!array?.running) return undefined;
  const { sysfs } = host;
  const folder = `block/${array.name}/md`;
  const [action, completed, degraded, mismatches] = await Promise.all([
    sysfs.text(`${folder}/sync_action`),
    sysfs.text(`${folder}/sync_completed`),
    sysfs.number(`${folder}/degraded`),
    sysfs.number(`${folder}/mismatch_cnt`),
  ]);
  const { done, total } = parseProgress(completed);
  const syncAction = parseSyncAction(action);
  const floor = syncAction === SyncAction.IDLE ? undefined : await sysfs.text(`${folder}/sync_speed_min`);
  return {
    uuid: array.uuid,
    level: array.level,
    raidDevices: array.raidDevices,
    sizeBytes: array.sizeBytes,
    syncAction,
    syncDone: done,
    syncTotal: total,
    degraded: degraded ?? 0,
    members: array.members.map((member) => describe(host, member)),
    mismatchCount: mismatches ?? 0,
    readOnly: array.state === 'readonly',
    // 1000 (system)
    syncFloorKibPerSecond: Number.parseInt(floor ?? '0'),
  };
}

const describe = (host: Host, { map, role, state, wantsReplacement, isReplacement }: MdMember): ArrayMember => ({
  slot: map.member.slot,
  role,
  state,
  memberUuid: host.superblocks.get(map.uuid)?.superblock?.memberUuid ?? '',
  beingReplaced: wantsReplacement,
  replacement: isReplacement,
});
