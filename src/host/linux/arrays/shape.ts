import { HostError } from '../../errors';
import { ArrayLevel, type CreateArrayRequest } from '../../gen/host';
import * as door from '../door';
import type { MdArray, MdMember } from './read';

/** What an array is to look like. */
export interface Shape {
  readonly arrayUUID: string;
  readonly level: ArrayLevel;
  readonly raidDevices: number;
  /** Roles that mirror each other; all of them in RAID1. */
  readonly mirrors: number;
  /** Slot by role; -1 for a missing one. */
  readonly slots: readonly number[];
  readonly remote: readonly number[];
}

/** Throws Invalid for a shape that md could not make, or that would hold no data. */
export function checkShape(request: CreateArrayRequest): Shape {
  const { level, raidDevices, near, slots, writeMostlySlots } = request;
  const refuse = (why: string): never => {
    throw new HostError('Invalid', `this array cannot be made: ${why}`);
  };
  if (level !== ArrayLevel.RAID1 && level !== ArrayLevel.RAID10) refuse(`level ${level}`);
  if (!Number.isInteger(raidDevices) || raidDevices < 2 || raidDevices > 256) refuse(`${raidDevices} devices`);
  const mirrors = level === ArrayLevel.RAID1 ? raidDevices : near;
  if (!Number.isInteger(mirrors) || mirrors < 2 || raidDevices % mirrors !== 0) {
    refuse(`${raidDevices} devices in mirrors of ${mirrors}`);
  }
  if (slots.length !== raidDevices) refuse(`${slots.length} slots for ${raidDevices} devices`);
  const present = slots.filter((slot) => slot !== -1).map(door.slot);
  if (new Set(present).size < present.length) refuse(`a slot occurs twice in ${slots.join(', ')}`);
  for (let first = 0; first < raidDevices; first += mirrors) {
    if (slots.slice(first, first + mirrors).every((slot) => slot === -1)) {
      refuse(`roles ${first} to ${first + mirrors - 1} mirror each other and none of them has a member`);
    }
  }
  if (writeMostlySlots.some((slot) => !present.includes(slot))) refuse('a remote slot is not among its members');
  const arrayUUID = door.uuid('array_uuid', request.arrayUuid);
  return { arrayUUID, level, raidDevices, mirrors, slots, remote: writeMostlySlots };
}

/** Throws Invalid unless an array that is there already is the one that is to be made. */
export function requireSameShape(array: MdArray, shape: Shape): void {
  const roles = new Map(array.members.map(({ role, map }) => [role, map.member.slot]));
  const isSame =
    array.running &&
    array.uuid === shape.arrayUUID &&
    array.level === shape.level &&
    array.raidDevices === shape.raidDevices &&
    (array.level === ArrayLevel.RAID1 || array.near === shape.mirrors) &&
    shape.slots.every((slot, role) => slot < 0 || roles.get(role) === slot);
  if (!isSame) throw new HostError('Invalid', `the volume's members are in array ${array.uuid}, which is another one`);
}

/** First role of a set of mirrors that none of these members covers; undefined when they cover them all. */
export function uncovered({ level, near, raidDevices }: MdArray, members: readonly MdMember[]): number | undefined {
  const mirrors = level === ArrayLevel.RAID1 ? raidDevices : Math.max(1, near);
  for (let first = 0; first < raidDevices; first += mirrors) {
    if (!members.some(({ role }) => role >= first && role < first + mirrors)) return first;
  }
  return undefined;
}
