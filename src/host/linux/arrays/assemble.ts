import { mdUUID } from '../../../api/identity';
import { HostError } from '../../errors';
import {
  ArrayLevel,
  ArrayMemberState,
  type Array as HostArray,
  type AssembleArrayRequest,
  type ExpectedMember,
  type VolumeRef,
} from '../../gen/host';
import type { Call } from '../call';
import * as door from '../door';
import { memberMaps } from '../dm/devices';
import { CommandError } from '../exec';
import { lockKeys, type Host } from '../host';
import { refreshSuperblock, refreshSuperblocks, type ObservedMember } from '../members/observe';
import { runningOrNone } from './inactive';
import { mdadm, setWriteMostly, stop } from './mdadm';
import { arrayOver, describeArray, type MdArray } from './read';
import { arrayName, describeAfterChange, lookAt, requireMember, type ReachableMember } from './volume';

export async function assembleArray(host: Host, request: AssembleArrayRequest, call: Call): Promise<HostArray> {
  const volume = door.volume(request.volume);
  const arrayUUID = door.uuid('array_uuid', request.arrayUuid);
  const expected = checkExpected(request.members);
  await host.autoAssembly.require(call);
  return host.locks.run(lockKeys.array(volume.uid), call, async () => {
    const seen = await lookAt(host, volume.uid, call);
    const present = await runningOrNone(host, seen.array, call);
    if (!present) {
      const members = expected.map(({ slot }) => requireMember(seen.members, slot));
      await Promise.all(members.map((member, i) => requireIdentity(host, member, arrayUUID, expected[i]!, call)));
      await start(host, volume, arrayUUID, members, request.allowDegraded, call);
    }
    const array = await takeOver(host, seen.members, arrayUUID, expected, !present, call);
    // Superblocks of members that were started now were read just before.
    return present ? describeAfterChange(host, volume.uid, call) : (await describeArray(host, array))!;
  });
}

function checkExpected(members: readonly ExpectedMember[]): readonly ExpectedMember[] {
  for (const { slot, memberUuid } of members) {
    door.slot(slot);
    door.uuid('members.member_uuid', memberUuid);
  }
  const slots = new Set(members.map(({ slot }) => slot));
  if (members.length === 0 || slots.size < members.length) {
    throw new HostError('Invalid', 'members must name each slot once, and at least one');
  }
  return members;
}

/** By the superblock as it was read when the map got its path: since then only md itself has written there. */
async function requireIdentity(
  host: Host,
  { map, path }: ReachableMember,
  arrayUUID: string,
  { memberUuid }: ExpectedMember,
  call: Call,
): Promise<void> {
  if (!host.superblocks.get(map.uuid)?.superblock) await refreshSuperblock(host, map, path.device, call);
  const found = host.superblocks.get(map.uuid)?.superblock;
  if (found?.arrayUuid === arrayUUID && found.memberUuid === memberUuid) return;
  const what = found ? `member ${found.memberUuid} of array ${found.arrayUuid}` : 'no md superblock';
  throw new HostError('Invalid', `${map.name} holds ${what}, not member ${memberUuid} of array ${arrayUUID}`);
}

/**
 * Started read-only: md then writes nothing and synchronises nothing, so that what it made of the members can be
 * looked at, and taken back, before it leaves a trace.
 */
async function start(
  host: Host,
  volume: VolumeRef,
  arrayUUID: string,
  members: readonly ReachableMember[],
  allowDegraded: boolean,
  call: Call,
): Promise<void> {
  const run = allowDegraded ? ['--run'] : [];
  const device = `${host.paths.dev}/md/${arrayName(volume)}`;
  const devices = members.map(({ map }) => map.path);
  try {
    await mdadm(host, ['--assemble', device, '--readonly', ...run, `--uuid=${mdUUID(arrayUUID)}`, ...devices], call);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const left = await arrayOver(host, await memberMaps(host, volume.uid));
    if (left) await stop(host, left, call.aftermath());
    // Who is behind is told by event counts, which md has changed since they were read.
    await rereadSuperblocks(host, members, call);
    throw new HostError('Invalid', `array ${arrayUUID} cannot be assembled: ${error.stderr.trim()}`, { cause: error });
  }
}

/**
 * Makes an array that was started read-only this owner's. mdadm says success with fewer members than it was given,
 * so what counts is what runs. It is switched to read-write at once, instead of leaving that to the first write:
 * the members' event counts then tell of this start, and a synchronisation that was interrupted goes on.
 */
async function takeOver(
  host: Host,
  members: readonly ObservedMember[],
  arrayUUID: string,
  expected: readonly ExpectedMember[],
  isFresh: boolean,
  call: Call,
): Promise<MdArray> {
  const array = await arrayOf(host, members);
  if (!array?.running) throw new HostError('Internal', `array ${arrayUUID} was assembled and does not run`);
  const wrong = whatIsWrong(array, arrayUUID, expected);
  if (wrong !== undefined) {
    if (isFresh) await stop(host, array, call.aftermath());
    await rereadSuperblocks(host, members, call);
    throw new HostError('Invalid', wrong);
  }
  if (array.state === 'readonly' || array.state === 'read-auto')
    await host.exec.run(['mdadm', '--readwrite', array.path], { call });
  if (array.level === ArrayLevel.RAID1) await markRemote(host, members, array, call);
  const now = await arrayOf(host, members);
  if (!now?.running) throw new HostError('Internal', `array ${arrayUUID} ran a moment ago and is gone`);
  return now;
}

/** One that cannot be read now is unknown, not as it was. */
function rereadSuperblocks(host: Host, members: readonly ObservedMember[], call: Call): Promise<void> {
  for (const { map } of members) host.superblocks.forget(map.uuid);
  return refreshSuperblocks(host, members, call.aftermath());
}

/** The array over the maps of a volume, as it is now. */
async function arrayOf(host: Host, members: readonly ObservedMember[]): Promise<MdArray | undefined> {
  const volumeUID = members[0]?.map.volumeUID;
  return volumeUID === undefined ? undefined : arrayOver(host, await memberMaps(host, volumeUID));
}

function whatIsWrong(array: MdArray, arrayUUID: string, expected: readonly ExpectedMember[]): string | undefined {
  if (array.uuid !== arrayUUID) return `the volume's members are in array ${array.uuid}, not ${arrayUUID}`;
  const isActive = ({ slot }: ExpectedMember) =>
    array.members.some(({ map, state }) => map.member.slot === slot && state === ArrayMemberState.IN_SYNC);
  const missing = expected.filter((member) => !isActive(member)).map(({ slot }) => slot);
  return missing.length > 0
    ? `array ${arrayUUID} would run without the member of slot ${missing.join(', ')}: its superblock is stale, or it was not in sync`
    : undefined;
}

/** Which members are remote has changed when the array has moved. */
async function markRemote(host: Host, members: readonly ObservedMember[], array: MdArray, call: Call): Promise<void> {
  for (const { map, path } of members) {
    const isIn = array.members.some((member) => member.map.uuid === map.uuid);
    if (path && isIn) await setWriteMostly(host, array, map.kernelName, path.source.nqn !== undefined, call);
  }
}
