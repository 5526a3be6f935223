import { HostError } from '../../errors';
import type { Hardware } from '../drives/hardware';
import type { Host } from '../host';

/** The kernel numbers the disks that it has found since the boot, and uses no number twice. Empty: it does not tell. */
export async function sessionOf({ proc, sysfs }: Host, { name }: Pick<Hardware, 'name'>): Promise<string> {
  const bootId = await proc.text('sys/kernel/random/boot_id');
  const sequence = await sysfs.text(`block/${name}/diskseq`);
  return bootId === undefined || sequence === undefined ? '' : `${bootId}.${sequence}`;
}

/** Throws Unreachable unless the drive is in this session; an empty one stands for any. Read now, never from memory. */
export async function requireSession(host: Host, drive: Pick<Hardware, 'name'>, session: string): Promise<void> {
  if (session === '' || (await sessionOf(host, drive)) === session) return;
  throw new HostError('Unreachable', `drive ${drive.name} was interrupted since it was looked at`);
}
