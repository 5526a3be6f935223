import { HostError } from '../../errors';
import { ArrayMemberState, type Array as HostArray, type ReplaceArrayMemberRequest } from '../../gen/host';
import type { Call } from '../call';
import * as door from '../door';
import { lockKeys, type Host } from '../host';
import { manage, keepMember } from './mdadm';
import { describeArray, hasVacancy, memberInSlot, requireIdle, type MdArray, type MdMember } from './read';
import { describeAfterChange, lookAt, requireMember, requireRunning } from './volume';

export async function replaceArrayMember(
  host: Host,
  request: ReplaceArrayMemberRequest,
  call: Call,
): Promise<HostArray> {
  const { uid } = door.volume(request.volume);
  const slot = door.slot(request.slot);
  const withSlot = door.slot(request.withSlot);
  const arrayUUID = door.uuid('array_uuid', request.arrayUuid);
  return host.locks.run(lockKeys.array(uid), call, async () => {
    const array = await requireRunning(host, uid, arrayUUID);
    if (isUnderWay(array, slot, withSlot)) return (await describeArray(host, array))!;
    const { old, spare } = requirePair(array, slot, withSlot);
    requireMember((await lookAt(host, uid, call)).members, withSlot);
    await requireIdle(host, array);
    if (hasVacancy(array)) throw new HostError('Busy', `${array.name} has a role for ${spare.map.name} already`);
    try {
      await manage(host, array, ['--replace', old.map.path, '--with', spare.map.path], call);
    } catch (error) {
      await unmark(host, uid, arrayUUID, { slot, withSlot }, call.aftermath());
      throw error;
    }
    if (!isUnderWay(await requireRunning(host, uid, arrayUUID), slot, withSlot)) {
      throw new HostError('Internal', `${array.name} did not begin to copy ${old.map.name} onto ${spare.map.name}`);
    }
    return describeAfterChange(host, uid, call);
  });
}

/** Whether this spare is the copy of that member, or has taken its place already. */
function isUnderWay(array: MdArray, slot: number, withSlot: number): boolean {
  const [old, next] = [memberInSlot(array, slot), memberInSlot(array, withSlot)];
  if (!old || !next || slot === withSlot) return false;
  const isCopy = old.wantsReplacement && next.isReplacement && old.role === next.role;
  const hasTakenOver = next.state === ArrayMemberState.IN_SYNC || next.state === ArrayMemberState.RECOVERING;
  return isCopy || (old.state === ArrayMemberState.FAULTY && hasTakenOver);
}

function requirePair(array: MdArray, slot: number, withSlot: number): { old: MdMember; spare: MdMember } {
  const [old, spare] = [memberInSlot(array, slot), memberInSlot(array, withSlot)];
  if (old?.state !== ArrayMemberState.IN_SYNC) {
    throw new HostError('Invalid', `slot ${slot} of ${array.name} is ${old?.state ?? 'empty'}, not in sync`);
  }
  if (spare?.state !== ArrayMemberState.SPARE) {
    throw new HostError('Invalid', `slot ${withSlot} of ${array.name} is ${spare?.state ?? 'empty'}, not a spare`);
  }
  return { old, spare };
}

/** mdadm marks the old one first: where it went no further, the next spare that comes would replace it. */
async function unmark(
  host: Host,
  uid: string,
  arrayUUID: string,
  { slot, withSlot }: { slot: number; withSlot: number },
  call: Call,
): Promise<void> {
  const array = await requireRunning(host, uid, arrayUUID);
  const old = memberInSlot(array, slot);
  if (!old?.wantsReplacement || isUnderWay(array, slot, withSlot)) return;
  await keepMember(host, array, old.map.kernelName, call);
}
