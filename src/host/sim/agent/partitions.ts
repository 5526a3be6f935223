import { diskGUID, partitionLabelPrefix } from '../../../api/identity';
import { clearedPartitionBytes } from '../../../api/layout';
import { HostError, isHostError } from '../../errors';
import {
  DriveUse,
  type CreatePartitionRequest,
  type DeletePartitionRequest,
  type DeletePartitionResponse,
  type Partition,
} from '../../gen/host';
import { writeDurably } from '../hardware/bio';
import { cellBytes, noCells, type Cells } from '../hardware/cells';
import type { DriveDevice } from '../kernel/drives';
import { KernelError } from '../kernel/errno';
import { tableCell, type PartitionEntry, type PartitionTable } from '../kernel/gpt';
import type { Call } from './call';
import { freeExtents, partitionMessage, usageOf } from './drives';
import type { Host } from './host';
import { alignCells, findPartition, surveyDrive, surveyDrives, type LocalPartition, type Survey } from './survey';
import { requireNotExported, requireNotHeld } from './usage';
import { invalid, requireCount, requireDriveID, requireLabel, requireUUID } from './validate';

/** "Partition table holds up to 128 entries" */
const maxEntries = 128;

export async function createPartition(host: Host, request: CreatePartitionRequest, call: Call): Promise<Partition> {
  requireUUID('partition', request.uuid);
  requireDriveID('drive', request.driveId);
  requireLabel('label', request.label);
  requireCount('size', request.sizeBytes, 1);
  return host.memory.inTurn(`drive ${request.driveId}`, call, async () => {
    const cells = Math.ceil(request.sizeBytes / cellBytes / alignCells) * alignCells;
    const existing = await existingPartition(host, request.uuid, call);
    if (existing) return partitionAsWanted(host, existing, request, cells);
    const device = host.kernel.drives.find(request.driveId);
    if (!device) throw new HostError('NotFound', `node ${host.node} has no drive ${request.driveId}`);
    const survey = await surveyDrive(host, device, call);
    requireUsable(survey);
    const entry = placeEntry(survey, request, cells);
    await eraseSignatures(device, entry, call);
    await eraseInside(host, device, entry, call);
    const table = survey.table ?? { kind: 'gpt', diskGUID: diskGUID(device.drive.id), entries: [] };
    await writeTable(device, { ...table, entries: [...table.entries, entry] }, call);
    host.kernel.drives.addPartition(device, entry);
    return partitionMessage(device, entry, usageOf(host));
  });
}

export async function deletePartition(
  host: Host,
  { uuid }: DeletePartitionRequest,
  call: Call,
): Promise<DeletePartitionResponse> {
  requireUUID('partition', uuid);
  let found: LocalPartition;
  try {
    found = await findPartition(host, uuid, call);
  } catch (error) {
    if (isHostError(error, 'NotFound')) return {};
    throw error;
  }
  return host.memory.inTurn(`drive ${found.device.drive.id}`, call, async () => {
    const { table } = await surveyDrive(host, found.device, call);
    const entry = table?.entries.find((candidate) => candidate.uuid === uuid);
    if (!table || !entry) return {};
    requireNotHeld(host, uuid, found.device.partitions.get(entry.number));
    requireNotExported(host, uuid);
    host.kernel.drives.deletePartition(found.device, entry.number);
    await writeTable(found.device, { ...table, entries: table.entries.filter((other) => other !== entry) }, call);
    return {};
  });
}

/** The partition if a drive that can be read has it: one that hangs does not keep the others from being used. */
async function existingPartition(host: Host, uuid: string, call: Call): Promise<LocalPartition | undefined> {
  for (const { device, table } of await surveyDrives(host, call)) {
    const entry = table?.entries.find((candidate) => candidate.uuid === uuid);
    if (entry) return { device, table: table!, entry, partition: device.partitions.get(entry.number) };
  }
  return undefined;
}

function partitionAsWanted(
  host: Host,
  { device, entry, partition }: LocalPartition,
  request: CreatePartitionRequest,
  cells: number,
): Partition {
  const where = `partition ${entry.uuid} exists on ${device.name}`;
  if (device.drive.id !== request.driveId) invalid(`${where}, not on drive ${request.driveId}`);
  if (entry.cells !== cells) invalid(`${where} with ${entry.cells * cellBytes} bytes, not ${cells * cellBytes}`);
  if (entry.name !== request.label) invalid(`${where} with the label ${entry.name}, not ${request.label}`);
  if (!partition) host.kernel.drives.addPartition(device, entry);
  return partitionMessage(device, entry, usageOf(host));
}

function requireUsable({ use, detail }: Survey): void {
  if (use === DriveUse.UNREADABLE) throw new HostError('Unreachable', detail);
  if (use === DriveUse.BUSY) throw new HostError('Busy', detail);
  if (use === DriveUse.FOREIGN)
    throw new HostError('Foreign', `${detail}; MeshStor takes a drive only when it is blank`);
}

/** In the smallest extent that fits; the first of those. */
function placeEntry({ device, table }: Survey, { uuid, label }: CreatePartitionRequest, cells: number): PartitionEntry {
  const size = cells * cellBytes;
  const free = freeExtents(device, table);
  const fitting = free.filter(({ sizeBytes }) => sizeBytes >= size).sort((a, b) => a.sizeBytes - b.sizeBytes);
  const taken = new Set(table?.entries.map(({ number }) => number));
  const number = Array.from({ length: maxEntries }, (_, index) => index + 1).find((free) => !taken.has(free));
  if (fitting.length === 0 || number === undefined) {
    const largest = Math.max(0, ...free.map(({ sizeBytes }) => sizeBytes));
    const message = `${device.name} has no room for ${size} bytes; its largest free extent has ${largest}`;
    throw new HostError('NoSpace', message);
  }
  if (!label.startsWith(partitionLabelPrefix)) invalid(`label ${label} is not MeshStor's`);
  return { number, uuid, name: label, start: fitting[0]!.startBytes / cellBytes, cells };
}

/** What an earlier use left where signatures are looked for. */
async function eraseSignatures(device: DriveDevice, { start, cells }: PartitionEntry, call: Call): Promise<void> {
  await writeZeroes(device, start, Math.min(clearedPartitionBytes / cellBytes, cells), call);
  await writeZeroes(device, start + cells - alignCells, alignCells, call);
}

/** How long one erase command keeps the drive busy, in ms. */
export const eraseStepMs = 250;

export const erasedCellsPerMs = ({ timings }: Host): number =>
  (timings.eraseMibPerSecond * 1024 ** 2) / cellBytes / 1000;

/** Of a drive whose table somebody removed without erasing what was in it. As much as the first half of the call takes. */
async function eraseInside(host: Host, device: DriveDevice, entry: PartitionEntry, call: Call): Promise<void> {
  const { start, cells } = entry;
  const keepMs = call.leftMs / 2;
  const perMs = erasedCellsPerMs(host);
  let old = await contentsOf(device, entry, call);
  while (old.size > 0) {
    if (call.leftMs <= keepMs) throw new HostError('Busy', `${device.name} holds old content, which is being erased`);
    const from = Math.min(...old.keys());
    const count = Math.min(Math.floor(perMs * eraseStepMs), cells - from);
    await writeZeroes(device, start + from, count, call);
    await call.sleep(count / perMs);
    const rest = await contentsOf(device, entry, call);
    if (rest.has(from)) throw new HostError('Unreachable', `${device.name} was erased and still holds data`);
    old = rest;
  }
}

function contentsOf(device: DriveDevice, { start, cells }: PartitionEntry, call: Call): Promise<Cells> {
  return call.wait(`reading ${device.name}`, (done) => {
    const end = (error?: string, data?: Cells) =>
      done(error ? new KernelError('EIO', `${device.name}: ${error} error`) : undefined, data);
    device.submit({ op: 'read', start, count: cells, end });
  });
}

export function writeZeroes(
  device: { readonly name: string; submit: DriveDevice['submit'] },
  start: number,
  count: number,
  call: Call,
): Promise<void> {
  return call.wait(`erasing ${device.name}`, (done) => {
    const end = (error?: string) => done(error ? new KernelError('EIO', `${device.name}: ${error} error`) : undefined);
    device.submit({ op: 'write', start, count, data: noCells, end });
  });
}

function writeTable(device: DriveDevice, table: PartitionTable, call: Call): Promise<void> {
  return call.wait(`writing the partition table of ${device.name}`, (done) => {
    writeDurably(device, tableCell, table, (error) => {
      done(error && new KernelError('EIO', `the partition table of ${device.name} cannot be written`));
    });
  });
}
