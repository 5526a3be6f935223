import { HostError } from '../../errors';
import type { Array as HostArray, VolumeRef } from '../../gen/host';
import type { Call } from '../call';
import { memberMaps } from '../dm/devices';
import type { Host } from '../host';
import { observeMembers, refreshSuperblocks, type ObservedMember } from '../members/observe';
import { arrayOver, describeArray, type MdArray } from './read';

/** A volume's maps and the array over them, seen anew. */
export interface VolumeArray {
  readonly members: readonly ObservedMember[];
  readonly array: MdArray | undefined;
}

export async function lookAt(host: Host, volumeUID: string, call: Call): Promise<VolumeArray> {
  const members = await observeMembers(host, volumeUID, call);
  const array = await arrayOver(
    host,
    members.map(({ map }) => map),
  );
  return { members, array };
}

/** NotFound unless the volume's array runs and is this one. */
export async function requireRunning(host: Host, volumeUID: string, arrayUUID: string): Promise<MdArray> {
  const array = await arrayOver(host, await memberMaps(host, volumeUID));
  if (!array?.running) throw new HostError('NotFound', `array ${arrayUUID} does not run here`);
  if (array.uuid !== arrayUUID) {
    throw new HostError('Invalid', `the members of volume ${volumeUID} are in array ${array.uuid}, not ${arrayUUID}`);
  }
  return array;
}

/** NotFound: the slot has no map. Unreachable: the map has no path. */
export function requireMember(members: readonly ObservedMember[], slot: number): ReachableMember {
  const found = members.find(({ map }) => map.member.slot === slot);
  if (!found) throw new HostError('NotFound', `slot ${slot} has no member map here`);
  const { map, path } = found;
  if (!path) throw new HostError('Unreachable', `${map.name} has no path that works`);
  return { ...found, path };
}

export type ReachableMember = ObservedMember & { readonly path: NonNullable<ObservedMember['path']> };

/** The array as it is after md wrote superblocks. */
export async function describeAfterChange(host: Host, volumeUID: string, call: Call): Promise<HostArray> {
  const { members, array } = await lookAt(host, volumeUID, call);
  await refreshSuperblocks(host, members, call);
  const described = await describeArray(host, array);
  if (!described) throw new HostError('Internal', `the array of volume ${volumeUID} ran a moment ago and is gone`);
  return described;
}

/** Link in /dev/md and name in the superblock, which holds 32 characters with the home host. For people. */
export const arrayName = ({ uid }: VolumeRef): string => `meshstor-${uid.replaceAll('-', '').slice(0, 16)}`;
