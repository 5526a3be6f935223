import { HostError } from '../../errors';
import type { MountVolumeRequest } from '../../gen/host';
import type { Call } from '../call';
import * as door from '../door';
import type { DmDevice } from '../dm/devices';
import { CommandError } from '../exec';
import { lockKeys, type Host } from '../host';
import { probe } from '../probe';
import { readBytes } from '../raw';
import { requireDevice } from '../volume-device';
import { mountOptions } from './options';
import { allowedPath, makeMountPoint } from './paths';
import { mountsAt, readMounts } from './table';

export async function mountVolume(host: Host, request: MountVolumeRequest, call: Call): Promise<object> {
  const volume = door.volume(request.volume);
  const path = allowedPath(host, 'path', request.path);
  const { type, uuid } = door.fileSystem(request.fileSystem);
  const options = mountOptions(type, request.options);
  return host.locks.run(lockKeys.contents(volume.uid), call, () =>
    host.locks.run(lockKeys.path(path), call, async () => {
      const device = await requireDevice(host, volume);
      if (await isMounted(host, path, device)) return {};
      if (device.suspended) throw new HostError('Busy', `${device.name} is suspended`);
      await requireFileSystem(host, device, type, uuid, call);
      await makeMountPoint(host, path, 'folder');
      await mount(
        host,
        device,
        path,
        ['--types', type, ...(options.length > 0 ? ['--options', options.join()] : [])],
        call,
      );
      return {};
    }),
  );
}

/** Whether the device's file system is mounted there already. Busy: something else is. */
export async function isMounted(host: Host, path: string, device: DmDevice): Promise<boolean> {
  const top = mountsAt(await readMounts(host), path).at(-1);
  if (!top) return false;
  if (top.device === device.devno) return true;
  throw new HostError('Busy', `${top.source} is mounted at ${path} already`);
}

/**
 * NotFound: no file system. Foreign: another one. XFS is mounted without nouuid: two mounted file systems of one
 * UUID are one volume that is reached in two ways, and the kernel is right to refuse that.
 */
async function requireFileSystem(host: Host, device: DmDevice, type: string, uuid: string, call: Call): Promise<void> {
  const subject = `device ${device.name}`;
  const found = await probe(host, device.path, call, subject);
  if (!found) {
    await readBytes(host, device.path, { offset: 0, length: 4096 }, call, subject);
    throw new HostError('NotFound', `${device.name} has no file system`);
  }
  if (found.fields.get('TYPE') === type && found.fields.get('UUID') === uuid) return;
  const what = `a ${found.what} (${found.fields.get('UUID') ?? 'no UUID'})`;
  throw new HostError('Foreign', `${device.name} holds ${what}, not ${type} ${uuid}`);
}

/** Mounts, and makes sure that it is at the path and nowhere else that is mounted now. */
async function mount(host: Host, device: DmDevice, path: string, options: string[], call: Call): Promise<void> {
  try {
    await host.exec.run(['mount', '--no-canonicalize', ...options, '--', device.path, path], { call });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new HostError('Internal', `${device.name} cannot be mounted at ${path}: ${error.stderr.trim()}`, {
      cause: error,
    });
  }
  if (!(await isMounted(host, path, device))) {
    throw new HostError('Internal', `${device.name} was mounted at ${path} and is not there`);
  }
}
