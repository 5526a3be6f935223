import { HostError } from '../../errors';
import type { BindDeviceRequest, BindMountRequest } from '../../gen/host';
import type { Call } from '../call';
import * as door from '../door';
import { lockKeys, type Host } from '../host';
import type { Mount } from '../parse/mountinfo';
import { requireDevice } from '../volume-device';
import { allowedPath, makeMountPoint } from './paths';
import { bindsOf, mountsAt, readMounts } from './table';

export async function bindMount(host: Host, request: BindMountRequest, call: Call): Promise<object> {
  const volume = door.volume(request.volume);
  const source = allowedPath(host, 'source', request.source);
  const path = allowedPath(host, 'path', request.path);
  const { readOnly } = request;
  return host.locks.run(lockKeys.path(path), call, async () => {
    const device = await requireDevice(host, volume);
    const mounted = mountsAt(await readMounts(host), source).at(-1);
    if (!mounted) throw new HostError('NotFound', `nothing is mounted at ${source}`);
    if (mounted.device !== device.devno) {
      throw new HostError('Foreign', `${mounted.source} is mounted at ${source}, not volume ${volume.name}`);
    }
    await bind(host, { source, path, readOnly }, (mount) => mount.device === device.devno, 'folder', call);
    return {};
  });
}

export async function bindDevice(host: Host, request: BindDeviceRequest, call: Call): Promise<object> {
  const volume = door.volume(request.volume);
  const path = allowedPath(host, 'path', request.path);
  const { readOnly } = request;
  return host.locks.run(lockKeys.path(path), call, async () => {
    const { path: source, kernelName } = await requireDevice(host, volume);
    const isIt = (mount: Mount) => bindsOf([mount], kernelName).length > 0;
    await bind(host, { source, path, readOnly }, isIt, 'file', call);
    return {};
  });
}

interface Binding {
  readonly source: string;
  readonly path: string;
  readonly readOnly: boolean;
}

async function bind(
  host: Host,
  { source, path, readOnly }: Binding,
  isIt: (mount: Mount) => boolean,
  kind: 'folder' | 'file',
  call: Call,
): Promise<void> {
  const top = mountsAt(await readMounts(host), path).at(-1);
  if (top && !isIt(top)) throw new HostError('Busy', `${top.source} is mounted at ${path} already`);
  if (!top) {
    await makeMountPoint(host, path, kind);
    await host.exec.run(['mount', '--no-canonicalize', '--bind', '--', source, path], { call });
  }
  const now = mountsAt(await readMounts(host), path).at(-1);
  if (!now || !isIt(now)) throw new HostError('Internal', `${source} was mounted at ${path} and is not there`);
  if (now.options.includes('ro') === readOnly) return;
  const options = `remount,bind,${readOnly ? 'ro' : 'rw'}`;
  await host.exec.run(['mount', '--no-canonicalize', '--options', options, '--', path], { call });
}
