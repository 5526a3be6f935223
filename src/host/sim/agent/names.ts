import { parseDmUUID, type MemberIdentity } from '../../dm-names';
import type { KernelDevice } from '../kernel/device';
import { LinearDevice } from '../kernel/dm/linear';
import { MultipathDevice } from '../kernel/dm/multipath';

export const devicePath = (name: string): string => `/dev/mapper/${name}`;

type Identity = NonNullable<ReturnType<typeof parseDmUUID>>;

/** A device's UUID never changes, and every pass asks for it. */
const parsed = new WeakMap<object, Identity | 'other'>();

function identityOf(device: { uuid: string }): Identity | undefined {
  let known = parsed.get(device);
  if (known === undefined) {
    known = parseDmUUID(device.uuid) ?? 'other';
    parsed.set(device, known);
  }
  return known === 'other' ? undefined : known;
}

/** What a member map's UUID says; undefined for any other device. */
export const memberIdentity = (device: { uuid: string }): MemberIdentity | undefined => identityOf(device)?.member;

/** UID of the volume that a device-mapper device belongs to. */
export const volumeUIDOf = (device: { uuid: string }): string | undefined => identityOf(device)?.volumeUID;

/** A device that is one of MeshStor's: a member map or a volume device. */
export function isOurs(device: KernelDevice): device is MultipathDevice | LinearDevice {
  return (device instanceof MultipathDevice || device instanceof LinearDevice) && volumeUIDOf(device) !== undefined;
}
