import { HostError, isHostError } from '../../errors';
import type { Call } from '../call';
import { listHardware, type Hardware } from '../drives/hardware';
import { ourEntries, readTable, recentTable } from '../drives/table';
import type { Host } from '../host';
import type { PartitionTable, TableEntry } from '../parse/sfdisk';

/** A partition by its UUID, as the drive's table has it at this moment. */
export interface Found {
  readonly drive: Hardware;
  readonly table: PartitionTable;
  readonly entry: TableEntry;
}

type ReadTable = (host: Host, drive: Hardware, call: Call) => Promise<PartitionTable | undefined>;

/** As `findPartition`, by tables that were read a moment ago: for what changes nothing on the drive. */
export const recentPartition = (host: Host, uuid: string, call: Call): Promise<Found> =>
  findPartition(host, uuid, call, recentTable);

/**
 * NotFound when every drive was read and none has it. Unreachable when a drive that may have it could not be
 * read. Invalid when several drives claim it and none is the one it was
 * last seen on: one is a copy of the other, and which one is not for us to say.
 */
export async function findPartition(host: Host, uuid: string, call: Call, read: ReadTable = readTable): Promise<Found> {
  const lookOn = (drive: Hardware) => lookIn(host, drive, uuid, () => read(host, drive, call));
  const hardware = await listHardware(host);
  const hint = host.lastSeenOn.get(uuid);
  const known = hardware.find(({ id }) => id === hint);
  const first = known && (await lookOn(known).catch(unlessUnreachable));
  if (first) return first;
  const others = hardware.filter((drive) => drive !== known);
  const looks = others.map(async (drive) => [drive, await lookOn(drive).catch(unlessUnreachable)] as const);
  const all = [...(await Promise.all(looks)), ...(known ? [[known, first] as const] : [])];
  const found = all.map(([, result]) => result).filter((result) => !!result);
  if (found.length > 1) {
    const names = found.map(({ drive }) => drive.name);
    throw new HostError('Invalid', `partition ${uuid} is on each of ${names.join(', ')}`);
  }
  if (found[0]) return found[0];
  const unread = all.filter(([, result]) => result === null).map(([drive]) => drive.name);
  if (unread.length > 0) {
    throw new HostError('Unreachable', `partition ${uuid} may be on ${unread.join(', ')}, which cannot be read`);
  }
  throw new HostError('NotFound', `no drive of this node has partition ${uuid}`);
}

async function lookIn(
  host: Host,
  drive: Hardware,
  uuid: string,
  read: () => Promise<PartitionTable | undefined>,
): Promise<Found | undefined> {
  const table = await read();
  const entry = ourEntries(table, drive).find((one) => one.uuid === uuid);
  if (!table || !entry) return undefined;
  host.lastSeenOn.set(uuid, drive.id);
  return { drive, table, entry };
}

function unlessUnreachable(error: unknown): null {
  if (isHostError(error, 'Unreachable')) return null;
  throw error;
}

/** Undefined in place of NotFound. */
export async function findPartitionIfAny(host: Host, uuid: string, call: Call): Promise<Found | undefined> {
  try {
    return await findPartition(host, uuid, call);
  } catch (error) {
    if (isHostError(error, 'NotFound')) return undefined;
    throw error;
  }
}
