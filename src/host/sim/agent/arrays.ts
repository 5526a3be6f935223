import { chunkBytes, clearedPartitionBytes, memberDataOffsetBytes } from '../../../api/layout';
import { HostError } from '../../errors';
import {
  ArrayLevel,
  type Array as ArrayMessage,
  type CreateArrayRequest,
  type SetSyncLimitsRequest,
  type SetSyncLimitsResponse,
  type StopArrayRequest,
  type StopArrayResponse,
  type VolumeRef,
} from '../../gen/host';
import type { Bio } from '../hardware/bio';
import { blank, cellBytes } from '../hardware/cells';
import { KernelError } from '../kernel/errno';
import type { MdArray } from '../kernel/md/array';
import type { MdMember } from '../kernel/md/member';
import { systemFloorKib } from '../kernel/md/synchroniser';
import type { MultipathDevice } from '../kernel/dm/multipath';
import { arrayMessage } from './array-message';
import type { Call } from './call';
import { cutOff } from './cut-off';
import type { Host } from './host';
import { readSuperblock, requireMemberWithPath } from './members';
import { memberIdentity } from './names';
import { invalid, requireCount, requireSlot, requireUUID, requireVolume } from './validate';

export const dataOffset = memberDataOffsetBytes / cellBytes;
const clearedDataCells = (clearedPartitionBytes - memberDataOffsetBytes) / cellBytes;

export async function createArray(host: Host, request: CreateArrayRequest, call: Call): Promise<ArrayMessage> {
  const volume = requireVolume(request.volume);
  const mirrors = requireShape(request);
  const running = findArray(host, volume, request.arrayUuid);
  if (running) return asWanted(running, request, mirrors);
  const slots = request.slots.filter((slot) => slot >= 0);
  const maps = new Map(slots.map((slot) => [slot, requireMemberWithPath(host, volume, slot)]));
  for (const map of maps.values()) await requireUnused(host, map, request.arrayUuid, call);
  const array = await call.wait<MdArray>('creating the array', (done) =>
    host.kernel.md.create(
      {
        uuid: request.arrayUuid,
        level: request.level === ArrayLevel.RAID10 ? 'raid10' : 'raid1',
        mirrors,
        chunkCells: chunkBytes / cellBytes,
        dataOffset,
        devices: request.slots.map((slot) => {
          const device = maps.get(slot);
          return device && { device, writeMostly: request.writeMostlySlots.includes(slot) };
        }),
      },
      done,
    ),
  );
  remember(host, array);
  return arrayMessage(array);
}

/** A member that belongs to nothing, or to this array's own creation that nobody was ever told of. */
async function requireUnused(host: Host, map: MultipathDevice, arrayUuid: string, call: Call): Promise<void> {
  const superblock = await readSuperblock(host, map, call);
  if (!superblock) return;
  if (superblock.arrayUUID !== arrayUuid) {
    throw new HostError('Foreign', `${map.name} carries a superblock of array ${superblock.arrayUUID}`);
  }
  if (await holdsData(map, call)) {
    throw new HostError('Foreign', `${map.name} was a member of this array already, and holds data`);
  }
  await call.wait(`erasing the superblock on ${map.name}`, (done) => host.kernel.md.zeroSuperblock(map, done));
}

/** Whether the part of the data that a new partition has as zeroes is not. */
function holdsData(map: MultipathDevice, call: Call): Promise<boolean> {
  return call.wait<boolean>(`reading ${map.name}`, (done) => {
    const end: Bio['end'] = (error, data) =>
      done(
        error && new KernelError('EIO', `${map.name} cannot be read`),
        data && [...data.values()].some((cell) => cell !== blank),
      );
    map.submit({ op: 'read', start: dataOffset, count: clearedDataCells, end });
  });
}

export async function stopArray(host: Host, request: StopArrayRequest, call: Call): Promise<StopArrayResponse> {
  const volume = requireVolume(request.volume);
  requireUUID('array', request.arrayUuid);
  const array = findArray(host, volume, request.arrayUuid);
  if (!array) return {};
  array.requireUnused();
  if (array.members.some((member) => member.state !== 'faulty' && !(member.device as MultipathDevice).path)) {
    await cutOff(host, array, call);
  }
  await call.wait(`stopping ${array.name}`, (done) => host.kernel.md.stop(array, done));
  remember(host, array);
  return {};
}

export async function setSyncLimits(host: Host, request: SetSyncLimitsRequest): Promise<SetSyncLimitsResponse> {
  const volume = requireVolume(request.volume);
  requireUUID('array', request.arrayUuid);
  requireCount('least rate', request.minKibPerSecond);
  requireCount('highest rate', request.maxKibPerSecond);
  if (request.maxKibPerSecond > 0 && request.minKibPerSecond > request.maxKibPerSecond) {
    invalid(`the least rate ${request.minKibPerSecond} is above the highest ${request.maxKibPerSecond}`);
  }
  const { sync } = requireArray(host, volume, request.arrayUuid);
  sync.limitKibPerSecond = request.maxKibPerSecond;
  sync.floorKibPerSecond = request.minKibPerSecond || systemFloorKib;
  return {};
}

/** The running array of that UUID. Foreign: its members are not this volume's. */
export function findArray({ kernel }: Host, volume: VolumeRef, uuid: string): MdArray | undefined {
  const array = kernel.md.find(uuid);
  if (!array) return undefined;
  const stranger = array.members.find(({ device }) => ownerOf(device) !== volume.uid);
  if (stranger) throw new HostError('Foreign', `array ${uuid} has the member ${stranger.device.name}`);
  return array;
}

export function requireArray(host: Host, volume: VolumeRef, uuid: string): MdArray {
  const array = findArray(host, volume, uuid);
  if (!array) throw new HostError('NotFound', `array ${uuid} of volume ${volume.name} does not run here`);
  return array;
}

/** Only RAID1 knows write-mostly, and a bitmap that tells what an absent member missed. */
export const isMirror = ({ geometry }: MdArray): boolean => geometry.level === 'raid1';

export const ownerOf = (device: object): string | undefined => memberIdentity(device as MultipathDevice)?.volumeUID;

export const memberOn = (array: MdArray, map: MultipathDevice): MdMember | undefined =>
  array.members.find(({ device }) => device === map);

/** Keeps what the members' superblocks say after a verb changed them. */
export function remember({ memory }: Host, array: MdArray): void {
  for (const member of array.members) {
    const { uuid } = member.device as MultipathDevice;
    if (array.broken) memory.superblocks.delete(uuid);
    else if (member.state !== 'faulty') memory.superblocks.set(uuid, array.superblockOf(member));
  }
}

/** Roles that mirror each other; Invalid unless the shape makes sense and every set of mirrors has a member. */
function requireShape({ arrayUuid, level, raidDevices, near, slots, writeMostlySlots }: CreateArrayRequest): number {
  requireUUID('array', arrayUuid);
  if (level !== ArrayLevel.RAID1 && level !== ArrayLevel.RAID10) invalid('the level is neither RAID1 nor RAID10');
  requireCount('number of devices', raidDevices, 1, 256);
  const mirrors = level === ArrayLevel.RAID1 ? raidDevices : near;
  requireCount('number of copies', mirrors, 1, raidDevices);
  if (raidDevices % mirrors !== 0) invalid(`${raidDevices} devices are not a multiple of ${mirrors} copies`);
  if (slots.length !== raidDevices) invalid(`${slots.length} slots for ${raidDevices} devices`);
  const given = slots.filter((slot) => slot !== -1);
  given.forEach(requireSlot);
  if (new Set(given).size !== given.length) invalid(`slots ${slots.join(', ')} name one twice`);
  if (writeMostlySlots.some((slot) => !given.includes(slot))) invalid('a write-mostly slot is not one of the slots');
  for (let role = 0; role < raidDevices; role += mirrors) {
    if (slots.slice(role, role + mirrors).every((slot) => slot === -1)) {
      invalid(`roles ${role} to ${role + mirrors - 1} mirror each other and all are missing`);
    }
  }
  return mirrors;
}

function asWanted(array: MdArray, request: CreateArrayRequest, mirrors: number): ArrayMessage {
  const { geometry } = array;
  const level = request.level === ArrayLevel.RAID10 ? 'raid10' : 'raid1';
  if (geometry.level !== level || geometry.raidDevices !== request.raidDevices || geometry.mirrors !== mirrors) {
    invalid(`array ${array.uuid} runs as ${geometry.level} of ${geometry.raidDevices} devices`);
  }
  return arrayMessage(array);
}
