import type { KernelDevice } from '../kernel/device';
import { LinearDevice } from '../kernel/dm/linear';
import { MultipathDevice } from '../kernel/dm/multipath';
import type { VolumeRef } from '../../gen/host';

/** Names and UUIDs of the device-mapper devices. All that is known about one survives the agent in its UUID. */
export const memberName = (volume: VolumeRef, slot: number): string => `meshstor-${volume.name}-m${slot}`;
export const volumeName = (volume: VolumeRef): string => `meshstor-${volume.name}`;
export const devicePath = (name: string): string => `/dev/mapper/${name}`;

export const memberDmUUID = (volumeUID: string, slot: number, partitionUUID: string, epoch: number): string =>
  `MESHSTOR-${volumeUID}-m${slot}-${partitionUUID}-e${epoch}`;
export const volumeDmUUID = (volumeUID: string): string => `${prefix}${volumeUID}${suffix}`;

const prefix = 'MESHSTOR-';
const suffix = '-volume';

export interface MemberIdentity {
  readonly volumeUID: string;
  readonly slot: number;
  readonly partitionUUID: string;
  readonly epoch: number;
}

const parsed = new WeakMap<object, MemberIdentity | 'other'>();

/** What a member map's UUID says; undefined for any other device. */
export function memberIdentity(device: { uuid: string }): MemberIdentity | undefined {
  const known = parsed.get(device);
  if (known) return known === 'other' ? undefined : known;
  const identity = parseMemberUUID(device.uuid);
  parsed.set(device, identity ?? 'other');
  return identity;
}

function parseMemberUUID(uuid: string): MemberIdentity | undefined {
  const match = /^MESHSTOR-(.+)-m(\d+)-([0-9a-f-]{36})-e(\d+)$/.exec(uuid);
  if (!match) return undefined;
  return { volumeUID: match[1]!, slot: Number(match[2]), partitionUUID: match[3]!, epoch: Number(match[4]) };
}

/** Empty for a device that is none of ours. */
const volumeUIDs = new WeakMap<object, string>();

/** UID of the volume that a device-mapper device belongs to. */
export function volumeUIDOf(device: { uuid: string }): string | undefined {
  let uid = volumeUIDs.get(device);
  if (uid === undefined) {
    const { uuid } = device;
    const isVolume = uuid.startsWith(prefix) && uuid.endsWith(suffix);
    uid = (isVolume ? uuid.slice(prefix.length, -suffix.length) : memberIdentity(device)?.volumeUID) ?? '';
    volumeUIDs.set(device, uid);
  }
  return uid || undefined;
}

/** A device that is one of MeshStor's: a member map or a volume device. */
export function isOurs(device: KernelDevice): device is MultipathDevice | LinearDevice {
  return (device instanceof MultipathDevice || device instanceof LinearDevice) && volumeUIDOf(device) !== undefined;
}

/** Volume's name, from the name of one of its devices. */
export const volumeNameOf = (deviceName: string): string => deviceName.replace(/^meshstor-/, '').replace(/-m\d+$/, '');
