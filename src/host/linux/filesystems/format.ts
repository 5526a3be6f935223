import { HostError } from '../../errors';
import type { FileSystem, FormatVolumeRequest } from '../../gen/host';
import type { Call } from '../call';
import * as door from '../door';
import type { DmDevice } from '../dm/devices';
import { CommandError, type Argv } from '../exec';
import { lockKeys, type Host } from '../host';
import { probe } from '../probe';
import { readBytes } from '../raw';
import { requireDevice } from '../volume-device';
import { isUnfinishedXfs, xfsHeaderBytes } from './xfs';

const MiB = 1024 ** 2;

export async function formatVolume(host: Host, request: FormatVolumeRequest, call: Call): Promise<FileSystem> {
  const volume = door.volume(request.volume);
  const wanted = door.fileSystem(request.fileSystem);
  return host.locks.run(lockKeys.contents(volume.uid), call, async () => {
    const device = await requireDevice(host, volume);
    if (device.suspended) throw new HostError('Busy', `${device.name} is suspended`);
    const state = await lookAt(host, device, wanted, call);
    if (state !== 'made') await make(host, device, wanted, state === 'begun', call);
    if ((await lookAt(host, device, wanted, call)) === 'made') return wanted;
    throw new HostError('Internal', `${device.name} was formatted and does not carry file system ${wanted.uuid}`);
  });
}

/**
 * 'made': it is there. 'begun': an attempt to make it was broken off. 'blank': nothing is recognised, and both ends
 * of the device could be read (on one that cannot be read nothing is recognised either).
 */
async function lookAt(
  host: Host,
  device: DmDevice,
  wanted: FileSystem,
  call: Call,
): Promise<'made' | 'begun' | 'blank'> {
  const subject = `device ${device.name}`;
  for (const offset of [0, device.sizeBytes - MiB]) {
    await readBytes(host, device.path, { offset, length: MiB }, call, subject);
  }
  const found = await probe(host, device.path, call, subject);
  if (!found) return 'blank';
  if (found.fields.get('TYPE') !== wanted.type || found.fields.get('UUID') !== wanted.uuid) {
    const uuid = found.fields.get('UUID');
    throw new HostError('Foreign', `${device.name} holds a ${found.what}${uuid === undefined ? '' : ` (${uuid})`}`);
  }
  if (wanted.type !== 'xfs') return 'made';
  const header = await readBytes(host, device.path, { offset: 0, length: xfsHeaderBytes }, call, subject);
  return isUnfinishedXfs(header) ? 'begun' : 'made';
}

/**
 * Nothing is discarded (-K, nodiscard): the partitions were erased when they were made, and a discard would go
 * through every mirror, remote ones included. Both programs take the stripe of a RAID10 from the device. Neither
 * is forced, except over an own attempt: each refuses by itself where it recognises something.
 */
async function make(
  host: Host,
  device: DmDevice,
  { type, uuid }: FileSystem,
  again: boolean,
  call: Call,
): Promise<void> {
  const argv: Argv =
    type === 'xfs'
      ? ['mkfs.xfs', '-q', '-K', ...(again ? ['-f'] : []), '-m', `uuid=${uuid}`, device.path]
      : // No reserve for root: nobody else writes here.
        ['mkfs.ext4', '-q', '-m', '0', '-E', 'nodiscard', '-U', uuid, device.path];
  try {
    await host.exec.run(argv, { call });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const tooSmall = /too small|must be larger|smaller than|at least/.test(error.stderr);
    if (tooSmall) throw new HostError('Invalid', `${device.name} is too small for ${type}: ${error.stderr.trim()}`);
    throw error;
  }
}
