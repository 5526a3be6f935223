import { memberDataOffsetBytes } from '../../../api/layout';
import { HostError } from '../../errors';
import {
  AddMode,
  ArrayLevel,
  ArrayMemberState,
  type AddArrayMemberRequest,
  type Array as HostArray,
} from '../../gen/host';
import type { Call } from '../call';
import * as door from '../door';
import { CommandError } from '../exec';
import { lockKeys, type Host } from '../host';
import { readSuperblock } from '../members/superblocks';
import { signaturesOn } from '../probe';
import { manage, setWriteMostly } from './mdadm';
import { describeArray, hasVacancy, type MdArray } from './read';
import { describeAfterChange, lookAt, requireMember, requireRunning, type ReachableMember } from './volume';

export async function addArrayMember(host: Host, request: AddArrayMemberRequest, call: Call): Promise<HostArray> {
  const { uid } = door.volume(request.volume);
  const slot = door.slot(request.slot);
  const arrayUUID = door.uuid('array_uuid', request.arrayUuid);
  const { mode, writeMostly } = request;
  if (mode !== AddMode.FULL && mode !== AddMode.RE_ADD) throw new HostError('Invalid', `mode ${mode}`);
  await host.autoAssembly.require(call);
  return host.locks.run(lockKeys.array(uid), call, async () => {
    const array = await requireRunning(host, uid, arrayUUID);
    const { members } = await lookAt(host, uid, call);
    const member = requireMember(members, slot);
    const present = array.members.find(({ map }) => map.uuid === member.map.uuid);
    if (present?.state === ArrayMemberState.FAULTY) {
      throw new HostError('Busy', `${array.name} holds ${member.map.name} as faulty; remove it first`);
    }
    if (present) return (await describeArray(host, array))!;
    await host.superblocks.rewriting([member.map], () =>
      mode === AddMode.FULL ? addAnew(host, array, member, call) : takeBack(host, array, member, call),
    );
    const isRaid1 = array.level === ArrayLevel.RAID1;
    if (isRaid1) await setWriteMostly(host, array, member.map.kernelName, writeMostly, call);
    await requireJoined(host, uid, arrayUUID, member);
    return describeAfterChange(host, uid, call);
  });
}

/**
 * With a superblock of this array mdadm --add would take it back by bitmap, whatever happened to it since. What is
 * another array's, or anybody else's, is not this volume's to erase.
 */
async function addAnew(host: Host, array: MdArray, member: ReachableMember, call: Call): Promise<void> {
  const { map, path } = member;
  const superblock = await readSuperblock(host, path.device, call, `map ${map.name}`);
  if (superblock && superblock.arrayUUID !== array.uuid) {
    throw new HostError('Foreign', `${map.name} is a member of array ${superblock.arrayUUID}, not ${array.uuid}`);
  }
  if (superblock) await host.exec.run(['mdadm', '--zero-superblock', map.path], { call });
  else await requireNobodys(host, member, call);
  await manage(host, array, ['--add', map.path], call).catch((error: unknown) => {
    if (error instanceof CommandError && error.stderr.includes('not large enough')) {
      throw new HostError('Invalid', `${map.name} is too small for ${array.name}`, { cause: error });
    }
    throw error;
  });
}

/**
 * Throws Foreign when somebody else's signature is where this volume's content never is. Further behind it may be the
 * volume's own, of a pod's making, on a member whose superblock an attempt that was broken off has erased.
 */
async function requireNobodys(host: Host, { map, path }: ReachableMember, call: Call): Promise<void> {
  const found = await signaturesOn(host, path.device, call, `map ${map.name}`);
  const foreign = found.find(({ offset }) => offset < memberDataOffsetBytes);
  if (!foreign) return;
  throw new HostError('Foreign', `${map.name} is no member of an array and holds a ${foreign.what} signature`);
}

/**
 * Only into a role that nobody has: md takes it as a spare otherwise, remembers that it was a member once, and when
 * the array gets another role counts it in sync there, without what was written meanwhile (measured).
 * Only in RAID1: in RAID10 the rebuilding of one member clears the bitmap's bits that another missing member would
 * need, and md takes that one back all the same, with stale data (measured).
 */
async function takeBack(host: Host, array: MdArray, { map, path }: ReachableMember, call: Call): Promise<void> {
  const refuse = (why: string): never => {
    throw new HostError('Invalid', `${map.name} cannot be taken back by bitmap: ${why}`);
  };
  if (array.level !== ArrayLevel.RAID1) refuse('the bitmap of a RAID10 does not tell what each member misses');
  const superblock = await readSuperblock(host, path.device, call, `map ${map.name}`);
  if (superblock?.arrayUUID !== array.uuid) return refuse(`it is no member of array ${array.uuid}`);
  if (!superblock.isComplete) refuse('it never was in sync');
  if (superblock.raidDevices !== array.raidDevices) {
    refuse(`it left when ${array.name} had ${superblock.raidDevices} roles, which are ${array.raidDevices} now`);
  }
  if (!hasVacancy(array)) refuse(`each role of ${array.name} is another member's`);
  await manage(host, array, ['--re-add', map.path], call).catch((error: unknown) => {
    if (error instanceof CommandError) refuse(error.stderr.trim());
    throw error;
  });
}

async function requireJoined(host: Host, uid: string, arrayUUID: string, { map }: ReachableMember): Promise<void> {
  const array = await requireRunning(host, uid, arrayUUID);
  const joined = array.members.find((member) => member.map.uuid === map.uuid);
  if (joined && joined.state !== ArrayMemberState.FAULTY) return;
  throw new HostError('Internal', `${array.name} did not take ${map.name}: ${joined?.state ?? 'it is not in it'}`);
}
