import { HostError } from '../../errors';
import { mountOptions } from '../../linux/mounts/options';
import type {
  BindDeviceRequest,
  BindDeviceResponse,
  BindMountRequest,
  BindMountResponse,
  GetPathStatsRequest,
  MountVolumeRequest,
  MountVolumeResponse,
  PathStats,
  UnmountRequest,
  UnmountResponse,
} from '../../gen/host';
import { cellBytes } from '../hardware/cells';
import type { KernelDevice } from '../kernel/device';
import type { Mount } from '../kernel/fs/mounts';
import type { Call } from './call';
import { isWanted, probe, requireFileSystem, requireRunning } from './file-systems';
import type { Host } from './host';
import { isOurs } from './names';
import { requirePath, requireVolume } from './validate';
import { findVolumeDevice, requireVolumeDevice } from './volume-device';

export async function mountVolume(host: Host, request: MountVolumeRequest, call: Call): Promise<MountVolumeResponse> {
  const volume = requireVolume(request.volume);
  const wanted = requireFileSystem(request.fileSystem);
  requirePath(request.path);
  mountOptions(wanted.type, request.options);
  const device = requireVolumeDevice(host, volume);
  if (isMounted(host, request.path, device, true)) return {};
  requireRunning(device);
  const { fileSystem, signature } = await probe(device, call);
  if (signature === undefined) throw new HostError('NotFound', `there is no file system on ${device.name}`);
  if (!fileSystem || !isWanted(fileSystem, wanted)) {
    const found = fileSystem ? `${fileSystem.type} ${fileSystem.uuid}` : signature;
    throw new HostError('Foreign', `${device.name} carries ${found}, not ${wanted.type} ${wanted.uuid}`);
  }
  const readOnly = request.options.includes('ro');
  await call.wait(`mounting ${device.name}`, (done) => host.kernel.mounts.mount(device, request.path, readOnly, done));
  return {};
}

export async function bindMount(host: Host, request: BindMountRequest, call: Call): Promise<BindMountResponse> {
  const volume = requireVolume(request.volume);
  requirePath(request.source);
  requirePath(request.path);
  const source = host.kernel.mounts.find(request.source);
  if (!source?.fileSystem) throw new HostError('NotFound', `nothing is mounted at ${request.source}`);
  if (source.device !== findVolumeDevice(host, volume)) {
    throw new HostError('Foreign', `${request.source} is not a mount of volume ${volume.name}`);
  }
  if (isMounted(host, request.path, source.device, true)) return {};
  await call.wait(`binding ${request.path}`, (done) =>
    host.kernel.mounts.bind(source, request.path, request.readOnly, done),
  );
  return {};
}

export async function bindDevice(host: Host, request: BindDeviceRequest, call: Call): Promise<BindDeviceResponse> {
  const volume = requireVolume(request.volume);
  requirePath(request.path);
  const device = requireVolumeDevice(host, volume);
  if (isMounted(host, request.path, device, false)) return {};
  await call.wait(`binding ${request.path}`, (done) =>
    host.kernel.mounts.bindDevice(device, request.path, request.readOnly, done),
  );
  return {};
}

export async function unmount(host: Host, { path }: UnmountRequest, call: Call): Promise<UnmountResponse> {
  requirePath(path);
  const mount = host.kernel.mounts.find(path);
  if (!mount) return {};
  if (!isOurs(mount.device)) throw new HostError('Foreign', `what is mounted at ${path} is no volume's`);
  await call.wait(`unmounting ${path}`, (done) => host.kernel.mounts.unmount(path, done));
  return {};
}

export async function getPathStats(host: Host, { path }: GetPathStatsRequest): Promise<PathStats> {
  requirePath(path);
  const mount = host.kernel.mounts.find(path);
  if (!mount) throw new HostError('NotFound', `nothing is mounted at ${path}`);
  if (!isOurs(mount.device)) throw new HostError('Foreign', `what is mounted at ${path} is no volume's`);
  return statsOf(mount);
}

function statsOf({ fileSystem, device }: Mount): PathStats {
  const none = { usedBytes: 0, availableBytes: 0, totalInodes: 0, availableInodes: 0, usedInodes: 0 };
  if (!fileSystem) return { ...none, totalBytes: device.cells * cellBytes, block: true };
  const { totalBytes, usedBytes, totalInodes, usedInodes } = fileSystem.stats();
  return {
    totalBytes,
    usedBytes,
    availableBytes: totalBytes - usedBytes,
    totalInodes,
    usedInodes,
    availableInodes: totalInodes - usedInodes,
    block: false,
  };
}

/** Whether the path shows the device already, the way it is wanted; Busy when it shows anything else. */
function isMounted({ kernel }: Host, path: string, device: KernelDevice, asFileSystem: boolean): boolean {
  const mount = kernel.mounts.find(path);
  if (!mount) return false;
  if (mount.device === device && (mount.fileSystem !== undefined) === asFileSystem) return true;
  throw new HostError('Busy', `something else is mounted at ${path}`);
}
