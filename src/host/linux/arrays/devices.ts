import { HostError } from '../../errors';
import { ArrayLevel, type Array as HostArray, type SetArrayDevicesRequest } from '../../gen/host';
import type { Call } from '../call';
import * as door from '../door';
import { CommandError } from '../exec';
import { lockKeys, type Host } from '../host';
import { writeAttribute } from '../raw';
import { describeArray, requireIdle, type MdArray } from './read';
import { describeAfterChange, requireRunning } from './volume';

/**
 * Through sysfs, where the kernel refuses while it synchronises. mdadm --grow would freeze the synchronisation for
 * that moment, after which a copy that was being made has another one's role, and would stay frozen where mdadm is
 * killed; and it wants --force for a role without a member (all measured).
 */
export async function setArrayDevices(host: Host, request: SetArrayDevicesRequest, call: Call): Promise<HostArray> {
  const { uid } = door.volume(request.volume);
  const arrayUUID = door.uuid('array_uuid', request.arrayUuid);
  const { raidDevices } = request;
  if (!Number.isInteger(raidDevices) || raidDevices < 2 || raidDevices > 256) {
    throw new HostError('Invalid', `an array of ${raidDevices} devices`);
  }
  return host.locks.run(lockKeys.array(uid), call, async () => {
    const array = await requireRunning(host, uid, arrayUUID);
    requireRoom(array, raidDevices);
    if (array.raidDevices === raidDevices) return (await describeArray(host, array))!;
    await requireIdle(host, array);
    const attribute = `${host.paths.sys}/block/${array.name}/md/raid_disks`;
    await writeAttribute(host, attribute, String(raidDevices), call).catch((error: unknown) => {
      if (!(error instanceof CommandError)) throw error;
      throw new HostError('Busy', `${array.name} does not take ${raidDevices} roles now: ${error.stderr.trim()}`, {
        cause: error,
      });
    });
    const after = await requireRunning(host, uid, arrayUUID);
    if (after.raidDevices !== raidDevices) {
      throw new HostError('Internal', `${array.name} has ${after.raidDevices} roles after it was given ${raidDevices}`);
    }
    return describeAfterChange(host, uid, call);
  });
}

function requireRoom(array: MdArray, raidDevices: number): void {
  if (array.level !== ArrayLevel.RAID1) {
    throw new HostError('Invalid', `${array.name} is no RAID1: its number of devices is part of its layout`);
  }
  const roles = new Set(array.members.map(({ role }) => role).filter((role) => role >= 0)).size;
  if (roles > raidDevices) {
    throw new HostError('Invalid', `${roles} members of ${array.name} have roles, which is more than ${raidDevices}`);
  }
}
