import { HostError } from '../../errors';
import { ArrayMemberState, type StopArrayRequest } from '../../gen/host';
import type { Call } from '../call';
import * as door from '../door';
import { lockKeys, type Host } from '../host';
import { stop } from './mdadm';
import { cutOff } from './cut-off';
import { lookAt } from './volume';

export async function stopArray(host: Host, request: StopArrayRequest, call: Call): Promise<object> {
  const { uid } = door.volume(request.volume);
  const arrayUUID = door.uuid('array_uuid', request.arrayUuid);
  return host.locks.run(lockKeys.array(uid), call, async () => {
    const { members, array } = await lookAt(host, uid, call);
    if (!array) return {};
    if (array.running && array.uuid !== arrayUUID) {
      throw new HostError('Invalid', `volume ${uid} runs array ${array.uuid}, not ${arrayUUID}`);
    }
    if (array.holders.length > 0) throw new HostError('Busy', `${array.name} is in use by ${array.holders.join(', ')}`);
    const needed = array.members.filter(({ state }) => state !== ArrayMemberState.FAULTY);
    const inArray = members.filter(({ map }) => needed.some((member) => member.map.uuid === map.uuid));
    if (inArray.some(({ path }) => !path)) await cutOff(host, inArray, call);
    await stop(host, array, call);
    return {};
  });
}
