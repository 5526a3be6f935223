import { HostError } from '../../errors';
import type { Member, RemoveMemberRequest, SetMemberPolicyRequest } from '../../gen/host';
import type { Call } from '../call';
import * as door from '../door';
import { memberMap } from '../dm/devices';
import { message, remove } from '../dm/dmsetup';
import { lockKeys, type Host } from '../host';
import { describeMember, observeMember } from './observe';

/** What to do with I/O that has no path. Waits for nothing: it is what frees everything else. */
export async function setMemberPolicy(host: Host, request: SetMemberPolicyRequest, call: Call): Promise<Member> {
  const { uid } = door.volume(request.volume);
  const slot = door.slot(request.slot);
  return host.locks.run(lockKeys.member(uid, slot), call, async () => {
    const map = await memberMap(host, uid, slot);
    if (!map) throw new HostError('NotFound', `volume ${uid} has no member map in slot ${slot} here`);
    const before = await observeMember(host, map, call);
    if (before.queueing !== request.queueing) {
      await message(host, map, request.queueing ? 'queue_if_no_path' : 'fail_if_no_path', call);
    }
    return describeMember(host, await observeMember(host, map, call), call);
  });
}

export async function removeMap(host: Host, request: RemoveMemberRequest, call: Call): Promise<object> {
  const { uid } = door.volume(request.volume);
  const slot = door.slot(request.slot);
  return host.locks.run(lockKeys.member(uid, slot), call, async () => {
    const map = await memberMap(host, uid, slot);
    if (!map) return {};
    if (map.holders.length > 0) throw new HostError('Busy', `${map.name} is in use by ${map.holders.join(', ')}`);
    // No array waits for it. A read that somebody left in it would keep it open for ever.
    const { queueing } = await observeMember(host, map, call);
    if (queueing) await message(host, map, 'fail_if_no_path', call);
    await remove(host, map, call);
    host.superblocks.forget(map.uuid);
    return {};
  });
}
