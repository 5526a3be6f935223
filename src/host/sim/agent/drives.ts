import { partitionLabelPrefix } from '../../../api/identity';
import type { MemberIdentity } from '../../dm-names';
import {
  DriveUse,
  type Drive,
  type Extent,
  type GetPartitionRequest,
  type ListDrivesResponse,
  type Partition,
} from '../../gen/host';
import { cellBytes } from '../hardware/cells';
import type { PartitionEntry, PartitionTable } from '../kernel/gpt';
import type { KernelDevice } from '../kernel/device';
import type { DriveDevice } from '../kernel/drives';
import type { Subsystem } from '../kernel/nvmet';
import type { Call } from './call';
import { exportMessage } from './exports';
import type { Host } from './host';
import { sessionOf } from './session';
import { alignCells, findPartition, isLabelled, surveyDrives, type Survey } from './survey';
import { exportsByPartition, exportsOf, mapOver, mapsByDevice } from './usage';
import { requireUUID } from './validate';

/** Who uses a partition. */
interface Usage {
  readonly exportsOf: (partitionUUID: string) => readonly Subsystem[];
  readonly mapOver: (device: KernelDevice) => MemberIdentity | undefined;
  readonly bootId: string;
}

export async function listDrives(host: Host, _request: unknown, call: Call): Promise<ListDrivesResponse> {
  const surveys = await surveyDrives(host, call);
  const usage = usageOfAll(host);
  return { drives: surveys.map((survey) => driveMessage(survey, usage)) };
}

export async function getPartition(host: Host, { uuid }: GetPartitionRequest, call: Call): Promise<Partition> {
  requireUUID('partition', uuid);
  const { device, entry } = await findPartition(host, uuid, call);
  return partitionMessage(device, entry, usageOf(host));
}

/** For one partition. */
export const usageOf = (host: Host): Usage => ({
  exportsOf: (uuid) => exportsOf(host, uuid),
  mapOver: (device) => mapOver(host, device),
  bootId: host.facts.bootId,
});

/** For all of them. */
function usageOfAll(host: Host): Usage {
  const [exports, maps] = [exportsByPartition(host), mapsByDevice(host)];
  const { bootId } = host.facts;
  return { exportsOf: (uuid) => exports.get(uuid) ?? [], mapOver: (device) => maps.get(device), bootId };
}

export function partitionMessage(
  device: DriveDevice,
  entry: PartitionEntry,
  { exportsOf, mapOver, bootId }: Usage,
): Partition {
  const partition = device.partitions.get(entry.number);
  return {
    uuid: entry.uuid,
    driveId: device.drive.id,
    driveName: device.name,
    startBytes: entry.start * cellBytes,
    sizeBytes: entry.cells * cellBytes,
    label: entry.name.slice(partitionLabelPrefix.length),
    exports: exportsOf(entry.uuid).map(exportMessage),
    heldByVolumeUid: (partition && mapOver(partition)?.volumeUID) ?? '',
    volatileWriteCache: device.drive.volatileWriteCache,
    driveSession: sessionOf(bootId, device),
  };
}

function driveMessage({ device, use, detail, table }: Survey, usage: Usage): Drive {
  const { drive } = device;
  const ours = table?.entries.filter(isLabelled) ?? [];
  const usable = use === DriveUse.BLANK || use === DriveUse.MESHSTOR;
  return {
    name: device.name,
    id: drive.id,
    model: drive.model,
    serial: drive.serial,
    sizeBytes: drive.sizeBytes,
    sectorSize: drive.sectorSize,
    queues: drive.queues,
    volatileWriteCache: drive.volatileWriteCache,
    partitions: ours.map((entry) => partitionMessage(device, entry, usage)),
    free: usable ? freeExtents(device, table) : [],
    use,
    useDetail: detail,
  };
}

/** Stretches between partitions, 1 MiB aligned; the first and the last MiB belong to the tables. */
export function freeExtents(device: DriveDevice, table: PartitionTable | undefined): Extent[] {
  const free: Extent[] = [];
  const end = Math.floor(device.cells / alignCells) * alignCells - alignCells;
  let start = alignCells;
  const gap = (until: number) => {
    if (until > start) free.push({ startBytes: start * cellBytes, sizeBytes: (until - start) * cellBytes });
  };
  for (const entry of [...(table?.entries ?? [])].sort((a, b) => a.start - b.start)) {
    gap(Math.floor(entry.start / alignCells) * alignCells);
    start = Math.max(start, Math.ceil((entry.start + entry.cells) / alignCells) * alignCells);
  }
  gap(end);
  return free;
}
