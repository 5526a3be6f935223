import type { VolumeRef } from './gen/host';

/**
 * What device-mapper devices are called, whatever implements the agent: another process of it reads them back from the
 * kernel, and people do. Names are for people, UUIDs for identity; the kernel allows 127 and 128 characters.
 */
export const memberName = ({ name }: VolumeRef, slot: number): string => `meshstor-${name}-m${slot}`;
export const volumeDeviceName = ({ name }: VolumeRef): string => `meshstor-${name}`;
export const volumeDeviceUUID = (volumeUID: string): string => `${prefix}${volumeUID}`;

export interface MemberIdentity {
  readonly volumeUID: string;
  readonly slot: number;
  readonly partitionUUID: string;
  readonly epoch: number;
}

/** Holds all that a map must still tell when every process that knew it is gone. */
export const memberUUID = ({ volumeUID, slot, partitionUUID, epoch }: MemberIdentity): string =>
  `${prefix}${volumeUID}-m${slot}-${partitionUUID}-e${epoch}`;

const prefix = 'MESHSTOR-';
const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const form = new RegExp(`^${prefix}(${uuid})(?:-m(\\d+)-(${uuid})-e(\\d+))?$`);

/** Undefined for the UUID of a device that is not MeshStor's. Only `volumeUID` is set for a volume's own device. */
export function parseDmUUID(text: string): { volumeUID: string; member?: MemberIdentity } | undefined {
  const match = form.exec(text);
  if (!match) return undefined;
  const [, volumeUID, slot, partitionUUID, epoch] = match as string[] as [string, string, string?, string?, string?];
  if (partitionUUID === undefined) return { volumeUID };
  return { volumeUID, member: { volumeUID, slot: Number(slot), partitionUUID, epoch: Number(epoch) } };
}

/** The volume's name in a device's name. */
export function volumeNameOf(deviceName: string, isMember: boolean): string {
  const name = deviceName.replace(/^meshstor-/, '');
  return isMember ? name.replace(/-m\d+$/, '') : name;
}
