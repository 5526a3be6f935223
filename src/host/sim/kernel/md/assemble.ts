import { readCell } from '../../hardware/bio';
import { isMetadata } from '../../hardware/cells';
import type { KernelDevice } from '../device';
import { KernelError, type Done } from '../errno';
import { Bitmap } from './bitmap';
import { mirrorSets, setOfRole } from './geometry';
import { MdMember } from './member';
import { superblockCell, type MdSuperblock } from './superblock';
import type { ArrayState } from './array';

export interface Found {
  readonly device: KernelDevice;
  readonly superblock: MdSuperblock;
}

/** mdadm --examine: undefined where there is no superblock. Waits as long as the device does. */
export function examine(device: KernelDevice, done: Done<MdSuperblock | undefined>): void {
  readCell(device, superblockCell, (error, cell) => {
    if (error) return done(new KernelError('EIO', `${device.name} cannot be read`));
    done(undefined, isMetadata<MdSuperblock>(cell, 'md') ? cell : undefined);
  });
}

/**
 * What mdadm --assemble makes of the superblocks it was given, in their order. The first one with most events
 * is believed; others join when they are at most one event behind and it counts them as active. `run` starts
 * with less than it expects, and knows no better whether the rest is fresher; `force` takes in what is stale.
 */
export function chooseMembers(found: readonly Found[], options: { run?: boolean; force?: boolean }): ArrayState {
  const freshest = found.reduce((best, other) => (other.superblock.events > best.superblock.events ? other : best));
  const { superblock } = freshest;
  const joins = ({ superblock: { events, role, memberUUID } }: Found) =>
    (options.force === true || events + 1 >= superblock.events) &&
    role >= 0 &&
    (options.force === true || superblock.roles[role] === memberUUID || superblock.copies[role] === memberUUID);
  const members = found.filter(joins).map(memberOf);
  for (const copy of members.filter(({ isReplacement }) => isReplacement)) {
    // Without the member that it is a copy of it is being rebuilt in that role.
    copy.isReplacement = members.some((member) => member !== copy && member.role === copy.role);
  }
  const whole = members.filter(({ state }) => state === 'inSync');
  requireEnough(superblock, { whole, members }, options.run === true || options.force === true);
  const { level, raidDevices, mirrors, chunkCells, componentCells } = superblock;
  const { eventsCleared, dirty } = superblock.bitmap;
  const degraded = whole.length < raidDevices;
  const needed = !superblock.clean || (degraded && eventsCleared !== superblock.events);
  return {
    uuid: superblock.arrayUUID,
    geometry: { level, raidDevices, mirrors, chunkCells, componentCells },
    members,
    bitmap: new Bitmap(eventsCleared, dirty, needed),
    events: superblock.events,
    clean: superblock.clean,
  };
}

function memberOf({ device, superblock }: Found): MdMember {
  const { memberUUID, dataOffset, writeMostly, role, recoveryOffset } = superblock;
  const member = new MdMember(device, memberUUID, dataOffset, writeMostly);
  member.role = role;
  member.state = recoveryOffset === undefined ? 'inSync' : 'recovering';
  member.recoveryOffset = recoveryOffset ?? 0;
  member.isReplacement = superblock.isReplacement;
  return member;
}

function requireEnough(
  superblock: MdSuperblock,
  { whole, members }: { whole: readonly MdMember[]; members: readonly MdMember[] },
  run: boolean,
): void {
  const covered = new Set(whole.map(({ role }) => setOfRole(superblock, role)));
  if (covered.size < mirrorSets(superblock)) {
    throw new KernelError('EIO', `assembled from ${whole.length} drives: not enough to start the array`);
  }
  // Copies count as well (measured: "assembled from 2 drives - need 3 to start", of a mirror of two).
  const expected = [...superblock.roles, ...superblock.copies].filter((uuid) => uuid !== undefined).length;
  if (members.length < expected && !run) {
    const drives = `assembled from ${whole.length} drives`;
    throw new KernelError('EINVAL', `${drives}: need all ${expected} to start it (use --run to insist)`);
  }
}
