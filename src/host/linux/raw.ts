import { HostError } from '../errors';
import type { Call } from './call';
import type { Host } from './host';

/**
 * How long a read of a few sectors may take before the device counts as one that does not answer: never so long
 * that there is no time left to look at another one.
 */
export const readCap = (call: Call): number => Math.min(5_000, call.left() / 2);

/**
 * Bytes of a block device, past the page cache. Unreachable when they cannot be read: what cannot be read is
 * never taken for empty, although blkid and mdadm --examine would say so.
 */
export async function readBytes(
  { exec }: Host,
  device: string,
  range: { offset: number; length: number },
  call: Call,
  subject: string,
  capMs = readCap(call),
): Promise<Buffer> {
  const { offset, length } = range;
  const argv = [
    'dd',
    `if=${device}`,
    'bs=1M',
    `skip=${offset}`,
    `count=${length}`,
    'iflag=direct,fullblock,skip_bytes,count_bytes',
    'status=none',
  ] as const;
  const { stdout } = await reading(device, () => exec.run(argv, { call, capMs, subject, readOnly: true }));
  if (stdout.length !== length) {
    throw new HostError('Unreachable', `${device}: read ${stdout.length} of ${length} bytes at ${offset}`);
  }
  return stdout;
}

/** Failures of a read-only command on a device, as Unreachable: whether what was looked for exists is unknown. */
export async function reading<T>(device: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof HostError && error.kind === 'Internal') throw error;
    throw new HostError('Unreachable', `${device} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

export const isZero = (data: Buffer): boolean => data.equals(Buffer.alloc(data.length));

/**
 * Writes an attribute of sysfs or configfs from a process of its own: the kernel may take as long over it as a
 * device hangs.
 */
export async function writeAttribute({ exec }: Host, path: string, value: string, call: Call): Promise<void> {
  await exec.run(['dd', `of=${path}`, 'conv=notrunc,nocreat', 'status=none'], { call, input: value });
}
