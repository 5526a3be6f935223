import type { Array as ArrayMessage, AssembleArrayRequest, ExpectedMember } from '../../gen/host';
import type { MultipathDevice } from '../kernel/dm/multipath';
import { PartitionDevice } from '../kernel/drives';
import type { MdArray } from '../kernel/md/array';
import { chooseMembers } from '../kernel/md/assemble';
import type { MdSuperblock } from '../kernel/md/superblock';
import { findArray, memberOn, remember } from './arrays';
import { arrayMessage } from './array-message';
import type { Call } from './call';
import { meaning } from './errors';
import type { Host } from './host';
import { readSuperblock, requireMember, requireMemberWithPath } from './members';
import { invalid, requireSlot, requireUUID, requireVolume } from './validate';

interface Candidate {
  readonly map: MultipathDevice;
  readonly superblock: MdSuperblock;
}

/** mdadm would start what it can and say so; here it is all of the expected members, or nothing is touched. */
export async function assembleArray(host: Host, request: AssembleArrayRequest, call: Call): Promise<ArrayMessage> {
  const volume = requireVolume(request.volume);
  const { arrayUuid, members, allowDegraded } = request;
  requireUUID('array', arrayUuid);
  if (members.length === 0) invalid('no member is expected');
  for (const { slot, memberUuid } of members) {
    requireSlot(slot);
    requireUUID('member', memberUuid);
  }
  if (new Set(members.map(({ slot }) => slot)).size !== members.length) invalid('a slot is expected twice');
  const running = findArray(host, volume, arrayUuid);
  if (running) {
    for (const { slot } of members) requireActive(running, requireMember(host, volume, slot));
    return arrayMessage(running);
  }
  const maps = members.map(({ slot }) => requireMemberWithPath(host, volume, slot));
  const candidates: Candidate[] = [];
  for (const [index, map] of maps.entries()) {
    candidates.push(identified(map, await readSuperblock(host, map, call), arrayUuid, members[index]!));
  }
  requireAllActive(candidates, allowDegraded);
  const array = await meaning('assemble', { EINVAL: 'Invalid', EIO: 'Invalid' }, () =>
    call.wait<MdArray>('assembling the array', (done) => host.kernel.md.assemble(maps, { run: allowDegraded }, done)),
  );
  for (const map of maps) requireActive(array, map);
  array.leaveAutoRead();
  markRemote(array);
  remember(host, array);
  return arrayMessage(array);
}

/** Which members are remote has changed when the array has moved. */
function markRemote({ geometry, members }: MdArray): void {
  if (geometry.level !== 'raid1') return;
  for (const member of members)
    member.writeMostly = !((member.device as MultipathDevice).lower instanceof PartitionDevice);
}

function requireActive(array: MdArray, map: MultipathDevice): void {
  const state = memberOn(array, map)?.state;
  if (state !== 'inSync') invalid(`array ${array.uuid} runs, and ${map.name} is not in sync in it`);
}

function identified(
  map: MultipathDevice,
  superblock: MdSuperblock | undefined,
  arrayUUID: string,
  { memberUuid }: ExpectedMember,
): Candidate {
  if (!superblock) return invalid(`${map.name} carries no md superblock`);
  if (superblock.arrayUUID !== arrayUUID) invalid(`${map.name} belongs to array ${superblock.arrayUUID}`);
  if (superblock.memberUUID !== memberUuid)
    invalid(`${map.name} is member ${superblock.memberUUID}, not ${memberUuid}`);
  return { map, superblock };
}

function requireAllActive(candidates: readonly Candidate[], allowDegraded: boolean): void {
  const found = candidates.map(({ map, superblock }) => ({ device: map, superblock }));
  let active: ReadonlySet<unknown>;
  try {
    const { members } = chooseMembers(found, { run: allowDegraded });
    active = new Set(members.filter(({ state }) => state === 'inSync').map(({ device }) => device));
  } catch (error) {
    return invalid((error as Error).message);
  }
  for (const { map, superblock } of candidates) {
    if (!active.has(map)) invalid(`${map.name} would not be active: it is out of date (event ${superblock.events})`);
  }
}
