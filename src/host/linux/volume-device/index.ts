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
import { create, load, makeNode, remove, resume, state, suspend, type DeviceState } from '../dm/dmsetup';
import { volumeDeviceName, volumeDeviceUUID } from '../dm/names';
import { linearTable } from '../dm/tables';
import { lockKeys, type Host } from '../host';
import { parseTable } from '../parse/dmsetup';

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
    else await make(host, volume, table, call);
    return describeNow(host, await requireDevice(host, volume), call);
  });
}

async function make(host: Host, volume: VolumeRef, table: string, call: Call): Promise<void> {
  const name = volumeDeviceName(volume);
  await create(host, name, volumeDeviceUUID(volume.uid), table, call);
  await makeNode(host, name, call);
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
    if (device) await remove(host, device, call);
    return {};
  });
}

/** The volume's device now; NotFound when it has none. */
export async function requireDevice(host: Host, { uid, name }: VolumeRef): Promise<DmDevice> {
  const device = await volumeDevice(host, uid);
  if (!device) throw new HostError('NotFound', `volume ${name} (${uid}) has no device here`);
  return device;
}

const describeNow = async (host: Host, device: DmDevice, call: Call): Promise<VolumeDevice> =>
  describe(host, device, await state(host, device, call));

/** By what device-mapper just said of it. */
export const describe = ({ paths }: Host, { name }: DmDevice, now: DeviceState): VolumeDevice => ({
  path: `${paths.dev}/mapper/${name}`,
  sizeBytes: parseTable(now.table).sectors * 512,
  suspended: now.suspended,
  openCount: now.openCount,
});
