import { HostError } from '../../errors';
import type { FileSystem as FileSystemMessage, FormatVolumeRequest } from '../../gen/host';
import { isMetadata, type Cells } from '../hardware/cells';
import type { LinearDevice } from '../kernel/dm/linear';
import { KernelError } from '../kernel/errno';
import { fsCell, type FsSuperblock } from '../kernel/fs/layout';
import { makeFileSystem } from '../kernel/fs/mkfs';
import type { Call } from './call';
import type { Host } from './host';
import { alignCells, signatureIn } from './survey';
import { invalid, requireUUID, requireVolume } from './validate';
import { requireVolumeDevice } from './volume-device';

export async function formatVolume(host: Host, request: FormatVolumeRequest, call: Call): Promise<FileSystemMessage> {
  const volume = requireVolume(request.volume);
  const wanted = requireFileSystem(request.fileSystem);
  const device = requireVolumeDevice(host, volume);
  requireRunning(device);
  const present = await probe(device, call);
  if (present.fileSystem && isWanted(present.fileSystem, wanted)) return wanted;
  if (present.signature !== undefined) {
    throw new HostError(
      'Foreign',
      `${device.name} carries something already (${present.signature}); it is left as it is`,
    );
  }
  await call.wait(`making the file system on ${device.name}`, (done) =>
    makeFileSystem(device, wanted.type, wanted.uuid, done),
  );
  return wanted;
}

/** Busy: whatever is read of the device would wait. */
export function requireRunning(device: LinearDevice): void {
  if (device.suspended) throw new HostError('Busy', `${device.name} is suspended`);
}

/** xfs or ext4, with a UUID. */
export function requireFileSystem(wanted: FileSystemMessage | undefined): FileSystemMessage {
  if (!wanted) return invalid('the file system is missing');
  if (wanted.type !== 'xfs' && wanted.type !== 'ext4') {
    invalid(`file system ${JSON.stringify(wanted.type.slice(0, 80))} is neither xfs nor ext4`);
  }
  requireUUID('file system', wanted.uuid);
  return wanted;
}

export const isWanted = (present: FsSuperblock, { type, uuid }: FileSystemMessage): boolean =>
  present.type === type && present.uuid === uuid;

/** What blkid says of a device. */
export async function probe(
  device: LinearDevice,
  call: Call,
): Promise<{ fileSystem: FsSuperblock | undefined; signature: string | undefined }> {
  const head = await call.wait<Cells>(`reading ${device.name}`, (done) => {
    const end = (error?: string, data?: Cells) =>
      done(error ? new KernelError('EIO', `${device.name} cannot be read (${error})`) : undefined, data);
    device.submit({ op: 'read', start: 0, count: Math.min(alignCells, device.cells), end });
  });
  const first = head.get(fsCell);
  return { fileSystem: isMetadata<FsSuperblock>(first, 'fs') ? first : undefined, signature: signatureIn(head) };
}
