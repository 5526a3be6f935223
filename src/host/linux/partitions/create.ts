import { diskGUID, uuid5 } from '../../../api/identity';
import { HostError, isHostError } from '../../errors';
import { DriveUse, type CreatePartitionRequest, type Partition } from '../../gen/host';
import type { Call } from '../call';
import * as door from '../door';
import { freeExtents, smallestFit } from '../drives/free';
import { listHardware, type Hardware } from '../drives/hardware';
import { provisionalName, readTable } from '../drives/table';
import { useOf } from '../drives/use';
import { lockKeys, type Host } from '../host';
import type { PartitionTable, TableEntry } from '../parse/sfdisk';
import { describePartition } from './describe';
import { eraseEnds } from './erase';
import { eraseInside } from './erase-inside';
import { findPartitionIfAny } from './find';
import { nodeOf } from './block-device';
import { addEntry, deleteEntry, makeTable, renameEntry } from './table';
import { exportsOf, requireUnused } from './users';

const MiB = 1024 ** 2;

interface Wanted {
  readonly uuid: string;
  readonly driveID: string;
  readonly label: string;
  readonly sizeBytes: number;
}

export async function createPartition(host: Host, request: CreatePartitionRequest, call: Call): Promise<Partition> {
  const wanted: Wanted = {
    uuid: door.uuid('uuid', request.uuid),
    driveID: door.driveID(request.driveId),
    label: door.label(request.label),
    sizeBytes: Math.ceil(door.bytes('size_bytes', request.sizeBytes, 1) / MiB) * MiB,
  };
  return host.locks.run(lockKeys.partition(wanted.uuid), call, () =>
    host.locks.run(lockKeys.drive(wanted.driveID), call, async () => {
      const drive = (await listHardware(host)).find(({ id }) => id === wanted.driveID);
      if (!drive) throw new HostError('NotFound', `this node has no drive ${JSON.stringify(wanted.driveID)}`);
      const entry = (await existing(host, wanted, call)) ?? (await create(host, drive, wanted, call));
      host.lastSeenOn.set(wanted.uuid, drive.id);
      return describePartition(host, drive, entry, await exportsOf(host, wanted.uuid));
    }),
  );
}

/**
 * Invalid when there is one that is not the wanted one. Another drive that cannot be read does not matter: a
 * partition's UUID is only ever asked for on one drive, and whether that one can be read shows next.
 */
async function existing(host: Host, wanted: Wanted, call: Call): Promise<TableEntry | undefined> {
  host.lastSeenOn.set(wanted.uuid, wanted.driveID);
  const found = await findPartitionIfAny(host, wanted.uuid, call).catch(unlessUnreachable);
  if (!found) return undefined;
  const { drive, entry } = found;
  const isSame = drive.id === wanted.driveID && entry.size === wanted.sizeBytes && entry.name === wanted.label;
  if (isSame) return entry;
  const what = `${entry.size} bytes named "${entry.name}" on ${drive.name}`;
  throw new HostError('Invalid', `partition ${wanted.uuid} exists already, with ${what}`);
}

/**
 * The entry is made under another UUID, erased through its own device, and renamed at last: nobody meets the
 * partition before the old content is gone from it, and an offset that is wrong cannot reach a neighbour.
 * What a broken-off attempt left carries the same other UUID, and is taken up again.
 */
async function create(host: Host, drive: Hardware, wanted: Wanted, call: Call): Promise<TableEntry> {
  const before = await usableTable(host, drive, call);
  const provisional = provisionalUUID(wanted.uuid);
  let entry = before?.entries.find(({ uuid }) => uuid === provisional);
  if (entry && entry.size !== wanted.sizeBytes) {
    await deleteEntry(host, drive, entry, call);
    entry = undefined;
  }
  entry ??= await place(host, drive, before, wanted, call);
  const node = await nodeOf(host, { drive, entry }, call);
  await requireUnused(host, provisional, node);
  await eraseEnds(host, node, call);
  await eraseInside(host, drive, entry, node, call);
  await renameEntry(host, drive, entry, { uuid: wanted.uuid, name: wanted.label }, call);
  const made = (await requireTable(host, drive, call)).entries.find(({ uuid }) => uuid === wanted.uuid);
  if (!made) throw new HostError('Internal', `partition ${wanted.uuid} was made on ${drive.name} and is not there`);
  return made;
}

export const provisionalUUID = (uuid: string): string => uuid5(uuid, 'being made');

/** Undefined for a blank drive. Foreign, Busy and Unreachable for one that cannot be used. */
async function usableTable(host: Host, drive: Hardware, call: Call): Promise<PartitionTable | undefined> {
  const { use, detail, table } = await useOf(host, drive, call);
  if (use === DriveUse.MESHSTOR || use === DriveUse.BLANK) return table;
  const kind = use === DriveUse.FOREIGN ? 'Foreign' : use === DriveUse.BUSY ? 'Busy' : 'Unreachable';
  throw new HostError(kind, `drive ${drive.name} (${drive.id}) cannot take a partition: ${detail}`);
}

async function place(
  host: Host,
  drive: Hardware,
  table: PartitionTable | undefined,
  { uuid, sizeBytes }: Wanted,
  call: Call,
): Promise<TableEntry> {
  const extent = smallestFit(freeExtents(table, drive.sizeBytes), sizeBytes);
  if (!extent) throw new HostError('NoSpace', `drive ${drive.name} has no free stretch of ${sizeBytes} bytes`);
  if (!table) await makeTable(host, drive, diskGUID(drive.id), call);
  const wanted = { uuid: provisionalUUID(uuid), name: provisionalName, start: extent.startBytes, size: sizeBytes };
  await addEntry(host, drive, wanted, call);
  const made = (await requireTable(host, drive, call)).entries.find((entry) => entry.uuid === wanted.uuid);
  if (made?.start === wanted.start && made.size === wanted.size) return made;
  throw new HostError('Internal', `sfdisk made the partition on ${drive.name} elsewhere than it was told`);
}

async function requireTable(host: Host, drive: Hardware, call: Call): Promise<PartitionTable> {
  const table = await readTable(host, drive, call);
  if (table?.id === diskGUID(drive.id)) return table;
  throw new HostError('Unreachable', `the partition table of ${drive.name} changed under our hands`);
}

function unlessUnreachable(error: unknown): undefined {
  if (!isHostError(error, 'Unreachable')) throw error;
}
