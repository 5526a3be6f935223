import { HostError } from '../../errors';
import type { ApplyMemberRequest, Member, VolumeRef } from '../../gen/host';
import type { Call } from '../call';
import * as door from '../door';
import { memberMap, type MemberMap } from '../dm/devices';
import { clear, create, message, remove, resume, state, type DeviceState } from '../dm/dmsetup';
import { memberName, memberUUID, type MemberIdentity } from '../../dm-names';
import { multipathTable } from '../dm/tables';
import { lockKeys, type Host } from '../host';
import { isQueueing, parsePaths } from '../parse/dmsetup';
import { describeMember, observeMember, refreshSuperblock } from './observe';
import { rememberMade } from './path-state';
import { reload } from './reload';
import { requireSameContent } from './same-content';
import { checkSource, requireStill, resolveSource, type PathDevice, type Wanted } from './source';

export async function applyMember(host: Host, request: ApplyMemberRequest, call: Call): Promise<Member> {
  const volume = door.volume(request.volume);
  const epoch = door.epoch(request.epoch);
  const source = checkSource(request.source, volume.uid, epoch);
  const identity: MemberIdentity = {
    volumeUID: volume.uid,
    slot: door.slot(request.slot),
    partitionUUID: source.partitionUuid,
    epoch,
  };
  return host.locks.run(lockKeys.member(volume.uid, identity.slot), call, () =>
    host.locks.run(lockKeys.partition(source.partitionUuid), call, () =>
      apply(host, volume, identity, { source, session: request.driveSession }, call),
    ),
  );
}

async function apply(
  host: Host,
  volume: VolumeRef,
  identity: MemberIdentity,
  wanted: Wanted,
  call: Call,
): Promise<Member> {
  const before = await memberMap(host, volume.uid, identity.slot);
  if (before) requireSameIdentity(before, identity);
  const device = await resolveSource(host, wanted, before, call);
  if (before) await bringInLine(host, before, wanted, device, call);
  else await make(host, volume, identity, wanted, device, call);
  const map = await memberMap(host, volume.uid, identity.slot);
  if (!map) throw new HostError('Internal', `the map of slot ${identity.slot} was made and is not there`);
  await refreshSuperblock(host, map, device.path, call);
  // What was made this moment is as it was made.
  const now = before
    ? await observeMember(host, map, call)
    : { map, queueing: true, path: { source: wanted.source, device: device.path } };
  if (!before) rememberMade(host, map, device.devno);
  return describeMember(host, now, call);
}

function requireSameIdentity({ name, member }: MemberMap, { partitionUUID, epoch }: MemberIdentity): void {
  if (member.partitionUUID !== partitionUUID) {
    throw new HostError('Invalid', `${name} is the map of partition ${member.partitionUUID}, not ${partitionUUID}`);
  }
  if (member.epoch !== epoch) {
    throw new HostError('Invalid', `${name} was made under epoch ${member.epoch}; remove it before epoch ${epoch}`);
  }
}

async function make(
  host: Host,
  volume: VolumeRef,
  identity: MemberIdentity,
  wanted: Wanted,
  device: PathDevice,
  call: Call,
): Promise<void> {
  const table = multipathTable(device.sizeBytes / 512, device.devno);
  await create(host, memberName(volume, identity.slot), memberUUID(identity), table, call);
  const map = await memberMap(host, volume.uid, identity.slot);
  try {
    await requireStill(host, wanted, device, map, call);
  } catch (error) {
    if (map) await remove(host, map, call.aftermath());
    throw error;
  }
}

/** The map's size never changes here: what is above counts on it. */
async function bringInLine(host: Host, map: MemberMap, wanted: Wanted, device: PathDevice, call: Call): Promise<void> {
  if (device.sizeBytes !== map.sizeBytes) {
    const sizes = `${device.sizeBytes} bytes, ${map.name} has ${map.sizeBytes}`;
    throw new HostError('Invalid', `${device.name} has ${sizes}; it cannot be its path`);
  }
  const now = await state(host, map, call);
  const path = parsePaths(now.status).find((one) => one.device === device.devno);
  if (now.target !== 'multipath' || !path) {
    await requireSameContent(host, map, device, call);
    const table = multipathTable(map.sizeBytes / 512, device.devno);
    return reload(host, map, table, call, () => requireStill(host, wanted, device, map, call));
  }
  if (!path.active) await requireSameContent(host, map, device, call);
  await wake(host, map, now, path.active, device, call);
}

/** The path is loaded already, and may be held, failed, or without permission to wait. */
async function wake(
  host: Host,
  map: MemberMap,
  now: DeviceState,
  active: boolean,
  device: PathDevice,
  call: Call,
): Promise<void> {
  // First of all: from here on nothing of it fails.
  if (!isQueueing(now.table) && !now.suspended) await message(host, map, 'queue_if_no_path', call);
  if (!active) await message(host, map, `reinstate_path ${device.devno}`, call);
  if (!now.suspended) return;
  // A table that was loaded by an attempt that was broken off may lead to what nobody has confirmed.
  await clear(host, map, call);
  await resume(host, map, call);
  if (!isQueueing((await state(host, map, call)).table)) await message(host, map, 'queue_if_no_path', call);
}
