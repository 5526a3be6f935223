import { flush, writeCell, type IoError } from '../../hardware/bio';
import { cellBytes, noCells } from '../../hardware/cells';
import type { KernelDevice } from '../device';
import { KernelError, type Done } from '../errno';
import { firstInode, fsCell, inodeCount, type FsSuperblock } from './layout';

/** Smallest sizes, in bytes: "Filesystem must be larger than 300MB" (mkfs.xfs). */
const smallest: Record<string, number> = { xfs: 300 * 1024 ** 2, ext4: 1024 ** 2 };

/** mkfs.xfs, mkfs.ext4. Asks nothing: what was on the device is gone. */
export function makeFileSystem(device: KernelDevice, type: string, uuid: string, done: Done): void {
  const minimum = smallest[type];
  if (minimum === undefined) return done(new KernelError('ENOENT', `there is no mkfs.${type}`));
  if (device.cells * cellBytes < minimum) {
    return done(new KernelError('EINVAL', `${type} needs ${minimum} bytes, ${device.name} has less`));
  }
  const fail = (error: IoError) => done(new KernelError('EIO', `${device.name} cannot be written (${error})`));
  const superblock: FsSuperblock = { kind: 'fs', type, uuid, cells: device.cells };
  const clearInodes = (then: () => void) => {
    const end = (error: IoError | undefined) => (error ? fail(error) : then());
    device.submit({ op: 'write', start: firstInode, count: inodeCount(device.cells), data: noCells, end });
  };
  clearInodes(() => {
    writeCell(device, fsCell, superblock, (error) => {
      if (error) return fail(error);
      flush(device, (late) => (late ? fail(late) : done(undefined)));
    });
  });
}
