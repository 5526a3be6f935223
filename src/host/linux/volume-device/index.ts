import { readlink, rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { HostError } from '../../errors';
import type {
  ApplyVolumeDeviceRequest,
  RemoveVolumeDeviceRequest,
  ResumeVolumeDeviceRequest,
  SuspendVolumeDeviceRequest,
  VolumeDevice,
  VolumeRef,
} from '../../gen/host';
import { requireRunning } from '../arrays/volume';
import type { Call } from '../call';
import * as door from '../door';
import { volumeDevice, type DmDevice } from '../dm/devices';
import { create, load, remove, resume, state, suspend } from '../dm/dmsetup';
import { volumeDeviceName, volumeDeviceUUID } from '../../dm-names';
import { linearTable } from '../dm/tables';
import { lockKeys, type Host } from '../host';
import type { MapState } from '../parse/dmsetup';

export async function applyVolumeDevice(
  host: Host,
  request: ApplyVolumeDeviceRequest,
  call: Call,
): Promise<VolumeDevice> {
  const volume = door.volume(request.volume);
  const arrayUUID = door.uuid('array_uuid', request.arrayUuid);
  return host.locks.run(lockKeys.device(volume.uid), call, async () => {
    const array = await requireRunning(host, volume.uid, arrayUUID);
    const table = linearTable(array.sizeBytes / 512, array.devno);
    const present = await volumeDevice(host, volume.uid);
    if (present) await bringInLine(host, present, table, call);
    else return make(host, volume, table, call);
    return describeNow(host, await requireDevice(host, volume), call);
  });
}

async function make(host: Host, volume: VolumeRef, table: string, call: Call): Promise<VolumeDevice> {
  await create(host, volumeDeviceName(volume), volumeDeviceUUID(volume.uid), table, call);
  const device = await requireDevice(host, volume);
  await linkDevice(host, device);
  // What was made this moment is as it was made.
  return describe(host, device, { suspended: false, openCount: 0 });
}

/** /dev/mapper/<name>, where no udev makes it: for people, and for what they put in scripts. */
async function linkDevice({ paths }: Host, { name, kernelName }: DmDevice): Promise<void> {
  const link = join(paths.dev, 'mapper', name);
  const there = await readlink(link).catch(() => undefined);
  if (there !== undefined && basename(there) === kernelName) return;
  await rm(link, { force: true });
  await symlink(join('..', kernelName), link).catch((error: NodeJS.ErrnoException) => {
    // udev was faster.
    if (error.code !== 'EEXIST') throw error;
  });
}

/** A suspended device gets the table with its next resume. */
async function bringInLine(host: Host, device: DmDevice, table: string, call: Call): Promise<void> {
  const now = await state(host, device, call);
  if (now.table === table) return;
  await load(host, device, table, call);
  if (now.suspended) return;
  try {
    await suspend(host, device, call, 'kill');
  } finally {
    await resume(host, device, call.aftermath());
  }
}

/** Killed, the kernel would undo it. Left to end, it holds what comes, whatever it still waits for below. */
export async function suspendVolumeDevice(
  host: Host,
  request: SuspendVolumeDeviceRequest,
  call: Call,
): Promise<VolumeDevice> {
  const volume = door.volume(request.volume);
  return host.locks.run(lockKeys.device(volume.uid), call, async () => {
    const device = await requireDevice(host, volume);
    if (!device.suspended) await suspend(host, device, call, 'leave');
    return describeNow(host, await requireDevice(host, volume), call);
  });
}

export async function resumeVolumeDevice(
  host: Host,
  request: ResumeVolumeDeviceRequest,
  call: Call,
): Promise<VolumeDevice> {
  const volume = door.volume(request.volume);
  return host.locks.run(lockKeys.device(volume.uid), call, async () => {
    const device = await requireDevice(host, volume);
    if (device.suspended) await resume(host, device, call);
    return describeNow(host, await requireDevice(host, volume), call);
  });
}

export async function removeVolumeDevice(host: Host, request: RemoveVolumeDeviceRequest, call: Call): Promise<object> {
  const volume = door.volume(request.volume);
  return host.locks.run(lockKeys.device(volume.uid), call, async () => {
    const device = await volumeDevice(host, volume.uid);
    if (device) {
      await remove(host, device, call);
      await rm(join(host.paths.dev, 'mapper', device.name), { force: true });
    }
    return {};
  });
}

/** The volume's device now; NotFound when it has none. */
export async function requireDevice(host: Host, { uid, name }: VolumeRef): Promise<DmDevice> {
  const device = await volumeDevice(host, uid);
  if (!device) throw new HostError('NotFound', `volume ${name} (${uid}) has no device here`);
  return device;
}

async function describeNow(host: Host, device: DmDevice, call: Call): Promise<VolumeDevice> {
  return describe(host, device, await state(host, device, call));
}

/** By what device-mapper just said of it. */
export const describe = (
  { paths }: Host,
  { name, sizeBytes }: DmDevice,
  now: Pick<MapState, 'suspended' | 'openCount'>,
): VolumeDevice => ({
  path: `${paths.dev}/mapper/${name}`,
  sizeBytes,
  suspended: now.suspended,
  openCount: now.openCount,
});
