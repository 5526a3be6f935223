import { parseDmUUID } from '../../dm-names';
import type { Host } from '../host';
import type { Mount } from '../parse/mountinfo';

/** A volume's file system, or the node of its device. */
export async function isOurs(host: Host, mount: Mount): Promise<boolean> {
  const dm = await deviceFolder(host, mount);
  return parseDmUUID((dm && (await host.sysfs.text(`${dm}/dm/uuid`))) ?? '') !== undefined;
}

/** Folder in sysfs of the device that is mounted, or whose node is. */
export async function deviceFolder({ sysfs }: Host, { type, root, device }: Mount): Promise<string | undefined> {
  if (type === 'devtmpfs') return /^\/dm-\d+$/.test(root) ? `block${root}` : undefined;
  const name = (await sysfs.link(`dev/block/${device}`))?.split('/').at(-1);
  return name === undefined ? undefined : `block/${name}`;
}
