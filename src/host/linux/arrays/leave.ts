import { HostError } from '../../errors';
import {
  ArrayMemberState,
  type Array as HostArray,
  type DropArrayMemberRequest,
  type RemoveArrayMemberRequest,
} from '../../gen/host';
import type { Call } from '../call';
import * as door from '../door';
import { CommandError } from '../exec';
import { lockKeys, type Host } from '../host';
import { manage, keepMember } from './mdadm';
import { describeArray, memberInSlot, type MdArray, type MdMember } from './read';
import { uncovered } from './shape';
import { describeAfterChange, requireRunning } from './volume';

export async function removeArrayMember(host: Host, request: RemoveArrayMemberRequest, call: Call): Promise<HostArray> {
  const { uid } = door.volume(request.volume);
  const slot = door.slot(request.slot);
  const arrayUUID = door.uuid('array_uuid', request.arrayUuid);
  return host.locks.run(lockKeys.array(uid), call, async () => {
    const array = await requireRunning(host, uid, arrayUUID);
    const member = memberInSlot(array, slot);
    if (!member) return (await describeArray(host, array))!;
    requireRemovable(array, member);
    await endReplacing(host, array, member, call);
    await takeOut(host, array, member, call);
    return describeAfterChange(host, uid, call);
  });
}

function requireRemovable(array: MdArray, { state, map: { name } }: MdMember): void {
  if (state === ArrayMemberState.FAULTY || state === ArrayMemberState.SPARE) return;
  if (state === ArrayMemberState.RECOVERING) throw new HostError('Busy', `${array.name} is synchronising ${name}`);
  throw new HostError('Invalid', `${array.name} counts ${name} as ${state}; it is not to be removed`);
}

export async function dropArrayMember(host: Host, request: DropArrayMemberRequest, call: Call): Promise<HostArray> {
  const { uid } = door.volume(request.volume);
  const slot = door.slot(request.slot);
  const arrayUUID = door.uuid('array_uuid', request.arrayUuid);
  return host.locks.run(lockKeys.array(uid), call, async () => {
    const before = await requireRunning(host, uid, arrayUUID);
    const leaving = memberInSlot(before, slot);
    if (!leaving) return (await describeArray(host, before))!;
    if (!isCounted(leaving)) await endReplacing(host, before, leaving, call);
    // Read last of all: md itself, told to fail its last member, keeps that one and fails the volume's writes.
    const array = await requireRunning(host, uid, arrayUUID);
    const member = memberInSlot(array, slot);
    if (!member) return (await describeArray(host, array))!;
    if (isCounted(member)) requireOthers(array, member);
    if (isCounted(member) || member.state === ArrayMemberState.RECOVERING) {
      await manage(host, array, ['--fail', member.map.path], call);
    }
    await takeOut(host, array, member, call);
    return describeAfterChange(host, uid, call);
  });
}

/** Whether md counts on it: in sync, or in a state that this agent does not know. */
const isCounted = ({ state }: MdMember): boolean =>
  state === ArrayMemberState.IN_SYNC || state === ArrayMemberState.UNSPECIFIED;

function requireOthers(array: MdArray, member: MdMember): void {
  const others = array.members.filter((other) => other !== member && other.state === ArrayMemberState.IN_SYNC);
  const role = uncovered(array, others);
  if (role === undefined) return;
  throw new HostError(
    'Invalid',
    `${array.name} has no member in sync besides ${member.map.name} among the mirrors from role ${role} on`,
  );
}

/** Without its copy, the one that was being replaced stays; md would otherwise give it the next spare that comes. */
async function endReplacing(host: Host, array: MdArray, leaving: MdMember, call: Call): Promise<void> {
  const isCopied = ({ role }: MdMember) =>
    array.members.some((member) => member !== leaving && member.isReplacement && member.role === role);
  for (const member of array.members) {
    if (member === leaving || !member.wantsReplacement || isCopied(member)) continue;
    await keepMember(host, array, member.map.kernelName, call);
  }
}

/** What is being given up by md stays busy until its last request has come back. */
const removeMs = 5_000;

async function takeOut(host: Host, array: MdArray, { map }: MdMember, call: Call): Promise<void> {
  let last: CommandError | undefined;
  const removed = await call.poll(Math.min(removeMs, call.left() / 2), 100, async () => {
    try {
      await manage(host, array, ['--remove', map.path], call);
      return true;
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      last = error;
      return undefined;
    }
  });
  if (!removed) throw new HostError('Busy', `${map.name} cannot leave ${array.name} yet: ${last!.stderr.trim()}`);
}
