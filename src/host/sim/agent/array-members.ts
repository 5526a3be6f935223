import { HostError, isHostError } from '../../errors';
import {
  AddMode,
  type AddArrayMemberRequest,
  type Array as ArrayMessage,
  type DropArrayMemberRequest,
  type RemoveArrayMemberRequest,
  type ReplaceArrayMemberRequest,
  type SetArrayDevicesRequest,
} from '../../gen/host';
import type { Cells } from '../hardware/cells';
import type { MdArray } from '../kernel/md/array';
import { mirrorSets, setOfRole } from '../kernel/md/geometry';
import type { MdMember } from '../kernel/md/member';
import type { MdSuperblock } from '../kernel/md/superblock';
import type { MultipathDevice } from '../kernel/dm/multipath';
import { KernelError } from '../kernel/errno';
import { arrayMessage } from './array-message';
import { dataOffset, isMirror, memberOn, remember, requireArray } from './arrays';
import type { Call } from './call';
import { meaning } from './errors';
import type { Host } from './host';
import { readSuperblock, requireMember, requireMemberWithPath } from './members';
import { memberIdentity } from './names';
import { signatureIn } from './survey';
import { invalid, requireCount, requireSlot, requireUUID, requireVolume } from './validate';

export async function addArrayMember(host: Host, request: AddArrayMemberRequest, call: Call): Promise<ArrayMessage> {
  const volume = requireVolume(request.volume);
  requireUUID('array', request.arrayUuid);
  requireSlot(request.slot);
  const { mode, writeMostly } = request;
  if (mode !== AddMode.RE_ADD && mode !== AddMode.FULL) invalid('the mode is neither RE_ADD nor FULL');
  const array = requireArray(host, volume, request.arrayUuid);
  const map = requireMember(host, volume, request.slot);
  const present = memberOn(array, map);
  if (present?.state === 'faulty') throw new HostError('Busy', `md holds ${map.name} as faulty: remove it first`);
  if (present) return arrayMessage(array);
  requireMemberWithPath(host, volume, request.slot);
  const superblock = await readSuperblock(host, map, call);
  const member = await meaning('add', { ENOSPC: 'Invalid' }, async () => {
    if (mode === AddMode.FULL) {
      if (superblock && superblock.arrayUUID !== array.uuid) {
        throw new HostError('Foreign', `${map.name} carries a superblock of array ${superblock.arrayUUID}`);
      }
      if (!superblock) await requireNobodys(map, call);
      host.memory.superblocks.delete(map.uuid);
      await call.wait(`erasing the superblock on ${map.name}`, (done) => host.kernel.md.zeroSuperblock(map, done));
      return host.kernel.md.add(array, map, { writeMostly: writeMostly && isMirror(array), dataOffset });
    }
    if (!isMirror(array)) invalid('the bitmap of a RAID10 does not tell what each member missed');
    return host.kernel.md.reAdd(array, map, requireReturn(array, map, superblock));
  });
  member.writeMostly = writeMostly && isMirror(array);
  host.memory.superblocks.set(map.uuid, array.superblockOf(member));
  return arrayMessage(array);
}

/** Somebody else's signature where this volume's content never is. */
async function requireNobodys(map: MultipathDevice, call: Call): Promise<void> {
  const head = await call.wait<Cells>(`reading ${map.name}`, (done) => {
    const end = (error?: string, data?: Cells) =>
      done(error ? new KernelError('EIO', `${map.name} cannot be read (${error})`) : undefined, data);
    map.submit({ op: 'read', start: 0, count: dataOffset, end });
  });
  const signature = signatureIn(head);
  if (signature === undefined) return;
  throw new HostError('Foreign', `${map.name} is no member of an array and carries a signature: ${signature}`);
}

/** What md would take back although it may lack more than the bitmap tells, or has no role for. */
function requireReturn(array: MdArray, map: MultipathDevice, superblock: MdSuperblock | undefined): MdSuperblock {
  if (!superblock) return invalid(`${map.name} carries no md superblock: it cannot be re-added`);
  const { raidDevices } = array.geometry;
  if (superblock.raidDevices !== raidDevices) {
    invalid(`${map.name} left when the array had ${superblock.raidDevices} roles, which are ${raidDevices} now`);
  }
  if (!hasVacancy(array)) invalid(`each role of the array is another member's, not ${map.name}'s`);
  return superblock;
}

const hasVacancy = (array: MdArray): boolean => array.roles.some((role) => !array.memberInRole(role));

export async function removeArrayMember(
  host: Host,
  request: RemoveArrayMemberRequest,
  call: Call,
): Promise<ArrayMessage> {
  const array = requireNamed(host, request);
  const member = memberInSlot(array, request.slot);
  if (!member) return arrayMessage(array);
  if (member.state === 'inSync') invalid(`md counts slot ${request.slot} as in sync`);
  if (!member.active) endReplacing(array, member);
  await takeOut(host, array, member, call);
  return arrayMessage(array);
}

export async function dropArrayMember(host: Host, request: DropArrayMemberRequest, call: Call): Promise<ArrayMessage> {
  const array = requireNamed(host, request);
  const member = memberInSlot(array, request.slot);
  if (!member) return arrayMessage(array);
  if (member.state === 'inSync') requireOthers(array, member);
  else endReplacing(array, member);
  if (member.active) array.fail(member);
  await takeOut(host, array, member, call);
  remember(host, array);
  return arrayMessage(array);
}

const removeMs = 5_000;

/** What is being given up by md stays busy until its last request has come back. */
async function takeOut(host: Host, array: MdArray, member: MdMember, call: Call): Promise<void> {
  const what = `${member.device.name} to have nothing under way`;
  if (!member.active) {
    const limitMs = Math.min(removeMs, call.leftMs / 2);
    await call
      .wait(what, (done) => member.whenFree(() => done(undefined)), limitMs)
      .catch((error: unknown) => {
        if (!isHostError(error, 'Timeout')) throw error;
      });
  }
  // Another call may have taken it out meanwhile.
  if (array.members.includes(member)) host.kernel.md.remove(array, member);
}

/** md would fail the volume's writes instead of letting the last one go. */
function requireOthers({ geometry, members }: MdArray, leaving: MdMember): void {
  const others = members.filter((member) => member !== leaving && member.state === 'inSync');
  const covered = new Set(others.map(({ role }) => setOfRole(geometry, role)));
  if (covered.size < mirrorSets(geometry)) invalid(`no member in sync besides ${leaving.device.name} has its data`);
}

/** Without its copy, the one that was being replaced stays; md would otherwise give it the next spare that comes. */
function endReplacing(array: MdArray, leaving: MdMember): void {
  for (const member of array.members) {
    const copy = array.copyInRole(member.role);
    if (member !== leaving && (!copy || copy === leaving)) member.wantsReplacement = false;
  }
}

export async function replaceArrayMember(
  host: Host,
  request: ReplaceArrayMemberRequest,
  call: Call,
): Promise<ArrayMessage> {
  const array = requireNamed(host, request);
  requireSlot(request.withSlot);
  const old = memberInSlot(array, request.slot);
  const spare = memberInSlot(array, request.withSlot);
  if (old && spare && isUnderWay(old, spare)) return arrayMessage(array);
  if (old?.state !== 'inSync') return invalid(`slot ${request.slot} is ${old?.state ?? 'empty'}, not in sync`);
  if (spare?.state !== 'spare') return invalid(`slot ${request.withSlot} is ${spare?.state ?? 'empty'}, not a spare`);
  requireMemberWithPath(host, request.volume!, request.withSlot);
  if (array.sync.action !== 'idle') throw new HostError('Busy', `md is at work: ${array.sync.action}`);
  if (hasVacancy(array)) throw new HostError('Busy', `the array has a role for ${spare.device.name} already`);
  host.kernel.md.replace(array, old, spare);
  await call.wait('recording the copy', (done) => array.metadata.settle(() => done(undefined)));
  remember(host, array);
  return arrayMessage(array);
}

/** Whether this spare is the copy of that member, or has taken its place already. */
function isUnderWay(old: MdMember, spare: MdMember): boolean {
  if (old === spare || !spare.active) return false;
  return old.state === 'faulty' || (spare.isReplacement && old.wantsReplacement && old.role === spare.role);
}

export async function setArrayDevices(host: Host, request: SetArrayDevicesRequest, call: Call): Promise<ArrayMessage> {
  const { raidDevices } = request;
  requireCount('number of devices', raidDevices, 2, 256);
  const array = requireArrayOf(host, request);
  if (!isMirror(array)) invalid('the number of devices of a RAID10 is part of its layout');
  const members = array.roles.filter((role) => array.memberInRole(role)).length;
  if (members > raidDevices) invalid(`${members} members have roles, which is more than ${raidDevices}`);
  if (array.geometry.raidDevices === raidDevices) return arrayMessage(array);
  if (array.sync.action !== 'idle') throw new HostError('Busy', `md is at work: ${array.sync.action}`);
  await call.wait(`changing ${array.name}`, (done) => host.kernel.md.resize(array, raidDevices, done));
  remember(host, array);
  return arrayMessage(array);
}

function requireNamed(host: Host, request: RemoveArrayMemberRequest): MdArray {
  requireSlot(request.slot);
  return requireArrayOf(host, request);
}

function requireArrayOf(host: Host, request: SetArrayDevicesRequest | RemoveArrayMemberRequest): MdArray {
  const volume = requireVolume(request.volume);
  requireUUID('array', request.arrayUuid);
  return requireArray(host, volume, request.arrayUuid);
}

const memberInSlot = (array: MdArray, slot: number): MdMember | undefined =>
  array.members.find(({ device }) => memberIdentity(device as MultipathDevice)?.slot === slot);
