import { volumeDeviceName, volumeDeviceUUID } from '../../dm-names';
import { HostError, isHostError } from '../../errors';
import type {
  ApplyVolumeDeviceRequest,
  RemoveVolumeDeviceRequest,
  RemoveVolumeDeviceResponse,
  ResumeVolumeDeviceRequest,
  SuspendVolumeDeviceRequest,
  VolumeDevice,
  VolumeRef,
} from '../../gen/host';
import { cellBytes } from '../hardware/cells';
import { LinearDevice } from '../kernel/dm/linear';
import { requireArray } from './arrays';
import type { Call } from './call';
import type { Host } from './host';
import { devicePath } from './names';
import { requireUUID, requireVolume } from './validate';

export async function applyVolumeDevice(
  host: Host,
  request: ApplyVolumeDeviceRequest,
  call: Call,
): Promise<VolumeDevice> {
  const volume = requireVolume(request.volume);
  requireUUID('array', request.arrayUuid);
  const array = requireArray(host, volume, request.arrayUuid);
  const device = findVolumeDevice(host, volume);
  if (!device) {
    return deviceMessage(host.kernel.dm.createLinear(volumeDeviceName(volume), volumeDeviceUUID(volume.uid), array));
  }
  if (device.over !== array || device.cells !== array.cells) {
    await call.wait(`reloading ${device.name}`, (done) => device.reload(array, () => done(undefined)));
  }
  return deviceMessage(device);
}

export async function suspendVolumeDevice(
  host: Host,
  request: SuspendVolumeDeviceRequest,
  call: Call,
): Promise<VolumeDevice> {
  const device = requireVolumeDevice(host, requireVolume(request.volume));
  if (!device.suspended) await suspend(device, call);
  return deviceMessage(device);
}

/** It is not given up at the deadline, only when the agent dies and dmsetup with it: what comes is held from now on. */
async function suspend(device: LinearDevice, call: Call): Promise<void> {
  let giveUp = () => {};
  try {
    await call.wait(`the I/O under way in ${device.name}`, (done) => {
      giveUp = device.suspend(() => done(undefined));
    });
  } catch (error) {
    if (!isHostError(error, 'Timeout')) giveUp();
    throw error;
  }
}

export async function resumeVolumeDevice(host: Host, request: ResumeVolumeDeviceRequest): Promise<VolumeDevice> {
  const device = requireVolumeDevice(host, requireVolume(request.volume));
  device.resume();
  return deviceMessage(device);
}

export async function removeVolumeDevice(
  host: Host,
  request: RemoveVolumeDeviceRequest,
): Promise<RemoveVolumeDeviceResponse> {
  const device = findVolumeDevice(host, requireVolume(request.volume));
  if (device) host.kernel.dm.remove(device);
  return {};
}

/** Foreign: the name is another volume's. */
export function findVolumeDevice({ kernel }: Host, volume: VolumeRef): LinearDevice | undefined {
  const name = volumeDeviceName(volume);
  const device = kernel.dm.find(name);
  if (!device) return undefined;
  if (device instanceof LinearDevice && device.uuid === volumeDeviceUUID(volume.uid)) return device;
  throw new HostError('Foreign', `device ${name} exists and is not the one of volume ${volume.uid}`);
}

export function requireVolumeDevice(host: Host, volume: VolumeRef): LinearDevice {
  const device = findVolumeDevice(host, volume);
  if (!device) throw new HostError('NotFound', `volume ${volume.name} has no device here`);
  return device;
}

export function deviceMessage(device: LinearDevice): VolumeDevice {
  return {
    path: devicePath(device.name),
    sizeBytes: device.cells * cellBytes,
    suspended: device.suspended,
    openCount: device.openers,
  };
}
