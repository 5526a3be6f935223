import type { GetStackRequest, ListStacksResponse, Stack } from '../../gen/host';
import { describeArray, arrayOver } from '../arrays/read';
import type { Call } from '../call';
import { bySlot, isMemberMap, listDevices, type DmDevice, type MemberMap } from '../dm/devices';
import { statuses } from '../dm/dmsetup';
import { volumeNameOf } from '../../dm-names';
import * as door from '../door';
import type { Host } from '../host';
import { listControllers, toImport } from '../imports/connections';
import { bindsOf, mountsOf, readMounts } from '../mounts/table';
import { describeMember, observeIn } from '../members/observe';
import { describe } from '../volume-device';

/**
 * Everything of one volume. Programs are run only where device-mapper has to be asked: for maps to which something
 * happened since, and for how often the volume's device is open. Starting a program costs more than all the reading.
 */
export async function getStack(host: Host, request: GetStackRequest, call: Call): Promise<Stack> {
  const uid = door.uuid('volume_uid', request.volumeUid);
  const [controllers, devices] = await Promise.all([listControllers(host), listDevices(host, uid)]);
  const device = devices.find((one) => !isMemberMap(one));
  const [imports, members, state, mountPaths] = await Promise.all([
    Promise.all(controllers.filter(({ volumeUID }) => volumeUID === uid).map((one) => toImport(host, one))),
    describeMembers(host, devices.filter(isMemberMap), call),
    device ? statuses(host, [device], call).then((found) => found.get(device.name)) : undefined,
    device ? mountPathsOf(host, device) : [],
  ]);
  const array = await describeArray(host, await arrayOver(host, devices.filter(isMemberMap)));
  return { imports, members, array, device: device && state && describe(host, device, state), mountPaths };
}

async function describeMembers(host: Host, maps: readonly MemberMap[], call: Call) {
  const observed = await observeIn(host, bySlot(maps), call);
  return Promise.all(observed.map((member) => describeMember(host, member, call)));
}

async function mountPathsOf(host: Host, device: DmDevice): Promise<string[]> {
  const mounts = await readMounts(host);
  const found = [...mountsOf(mounts, device.devno), ...bindsOf(mounts, device.kernelName)];
  return [...new Set(found.map(({ path }) => path))].sort();
}

export async function listStacks(host: Host): Promise<ListStacksResponse> {
  const [controllers, devices] = await Promise.all([listControllers(host), listDevices(host)]);
  const names = new Map(controllers.map(({ volumeUID }) => [volumeUID, '']));
  for (const { volumeUID, name, member } of devices) names.set(volumeUID, volumeNameOf(name, member !== undefined));
  return { volumes: [...names].map(([uid, name]) => ({ uid, name })) };
}
