import type { Host } from '../host';
import { parseDmUUID, type MemberIdentity } from '../../dm-names';

/** A device-mapper device of MeshStor's, as sysfs tells. */
export interface DmDevice {
  /** dm-3 */
  readonly kernelName: string;
  readonly path: string;
  /** major:minor */
  readonly devno: string;
  readonly name: string;
  readonly uuid: string;
  readonly volumeUID: string;
  /** Set for a member map, unset for a volume's own device. */
  readonly member?: MemberIdentity | undefined;
  readonly suspended: boolean;
  readonly sizeBytes: number;
  /** What its table leads to: nvme0n1p3, md127. */
  readonly slaves: readonly string[];
  readonly holders: readonly string[];
}

export interface MemberMap extends DmDevice {
  readonly member: MemberIdentity;
}

/** All of MeshStor's devices, or those of one volume. */
export async function listDevices(host: Host, volumeUID?: string): Promise<DmDevice[]> {
  const names = (await host.sysfs.list('block')).filter((name) => /^dm-\d+$/.test(name));
  const all = await Promise.all(names.map((name) => readDevice(host, name, volumeUID)));
  return all.filter((device) => device !== undefined);
}

async function readDevice(host: Host, kernelName: string, only?: string): Promise<DmDevice | undefined> {
  const { sysfs, paths } = host;
  const folder = `block/${kernelName}`;
  const uuid = (await sysfs.text(`${folder}/dm/uuid`)) ?? '';
  const parts = parseDmUUID(uuid);
  if (!parts || (only !== undefined && parts.volumeUID !== only)) return undefined;
  const [name, suspended, sectors, devno, slaves, holders] = await Promise.all([
    sysfs.text(`${folder}/dm/name`),
    sysfs.text(`${folder}/dm/suspended`),
    sysfs.number(`${folder}/size`),
    sysfs.text(`${folder}/dev`),
    sysfs.list(`${folder}/slaves`),
    sysfs.list(`${folder}/holders`),
  ]);
  if (name === undefined || devno === undefined) return undefined;
  return {
    kernelName,
    path: `${paths.dev}/${kernelName}`,
    devno,
    name,
    uuid,
    volumeUID: parts.volumeUID,
    member: parts.member,
    suspended: suspended === '1',
    sizeBytes: (sectors ?? 0) * 512,
    slaves,
    holders,
  };
}

export const isMemberMap = (device: DmDevice): device is MemberMap => device.member !== undefined;

/** The volume's member maps, by slot. */
export async function memberMaps(host: Host, volumeUID: string): Promise<MemberMap[]> {
  return bySlot((await listDevices(host, volumeUID)).filter(isMemberMap));
}

export const bySlot = (maps: readonly MemberMap[]): MemberMap[] =>
  [...maps].sort((a, b) => a.member.slot - b.member.slot);

export async function memberMap(host: Host, volumeUID: string, slot: number): Promise<MemberMap | undefined> {
  return (await memberMaps(host, volumeUID)).find(({ member }) => member.slot === slot);
}

export async function volumeDevice(host: Host, volumeUID: string): Promise<DmDevice | undefined> {
  return (await listDevices(host, volumeUID)).find((device) => !isMemberMap(device));
}
