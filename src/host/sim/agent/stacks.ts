import { volumeNameOf } from '../../dm-names';
import { isHostError } from '../../errors';
import { parseExportNQN } from '../../../api/identity';
import type { GetStackRequest, ListStacksResponse, Stack, VolumeRef } from '../../gen/host';
import type { KernelDevice } from '../kernel/device';
import { LinearDevice } from '../kernel/dm/linear';
import { MultipathDevice } from '../kernel/dm/multipath';
import type { NvmeController } from '../kernel/nvme/controller';
import { arrayMessage } from './array-message';
import type { Call } from './call';
import type { Host } from './host';
import { importMessage } from './imports';
import { memberMessage, readSuperblock } from './members';
import { isOurs, volumeUIDOf } from './names';
import { requireUUID } from './validate';
import { deviceMessage } from './volume-device';

export async function getStack(host: Host, { volumeUid }: GetStackRequest, call: Call): Promise<Stack> {
  requireUUID('volume uid', volumeUid);
  const { kernel } = host;
  const maps = kernel.dm.group(volumeUIDOf, volumeUid).filter((device) => device instanceof MultipathDevice);
  await Promise.all(maps.map((map) => recall(host, map, call)));
  const devices = kernel.dm.group(volumeUIDOf, volumeUid);
  const array = kernel.md.list().find(({ members }) => members.some(({ device }) => isIn(devices, device)));
  const volumeDevice = devices.find((device) => device instanceof LinearDevice);
  const mounts = [...kernel.mounts.list()].filter(({ device }) => isIn(devices, device));
  return {
    imports: kernel.imports
      .group(volumeOfImport, volumeUid)
      .map((controller) => importMessage(host, controller))
      .sort((a, b) => (a.nqn < b.nqn ? -1 : 1)),
    members: maps.map((map) => memberMessage(host, map)).sort((a, b) => a.slot - b.slot),
    array: array && arrayMessage(array),
    device: volumeDevice && deviceMessage(volumeDevice),
    mountPaths: mounts.map(({ path }) => path).sort(),
  };
}

const isIn = (devices: readonly KernelDevice[], device: KernelDevice): boolean => devices.includes(device);
const volumeOfImport = ({ spec }: NvmeController): string | undefined => parseExportNQN(spec.nqn)?.volumeUID;

export async function listStacks({ kernel }: Host): Promise<ListStacksResponse> {
  const volumes = new Map<string, VolumeRef>();
  for (const { spec } of kernel.imports.list()) {
    const uid = parseExportNQN(spec.nqn)?.volumeUID;
    if (uid !== undefined) volumes.set(uid, { uid, name: '' });
  }
  const devices = [...kernel.dm.list(), ...[...kernel.mounts.list()].map(({ device }) => device)];
  for (const device of devices) {
    if (!isOurs(device)) continue;
    const uid = volumeUIDOf(device)!;
    volumes.set(uid, { uid, name: volumeNameOf(device.name, device instanceof MultipathDevice) });
  }
  return { volumes: [...volumes.values()].sort((a, b) => (a.uid < b.uid ? -1 : 1)) };
}

/** Longest time that a superblock may take which a former agent process had read. */
const recallLimitMs = 1_000;

/** A superblock that this process has not read yet, if it can be read now. */
async function recall(host: Host, map: MultipathDevice, call: Call): Promise<void> {
  if (host.memory.superblocks.has(map.uuid) || !map.path) return;
  try {
    await readSuperblock(host, map, call, recallLimitMs);
  } catch (error) {
    if (!isHostError(error, 'Timeout') && !(error instanceof Error && error.name === 'KernelError')) throw error;
  }
}
