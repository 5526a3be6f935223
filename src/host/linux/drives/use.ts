import { DriveUse } from '../../gen/host';
import { isHostError } from '../../errors';
import type { Call } from '../call';
import type { Host } from '../host';
import { mountsOf, readMounts } from '../mounts/table';
import type { PartitionTable } from '../parse/sfdisk';
import { probe } from '../probe';
import { isZero, readBytes } from '../raw';
import type { Hardware } from './hardware';
import { driveKey, driveSubject, isOurs, readTable, recentTable } from './table';

export interface UseOfDrive {
  readonly use: DriveUse;
  /** Why it cannot be used; empty when it can. */
  readonly detail: string;
  readonly table?: PartitionTable | undefined;
}

const MiB = 1024 ** 2;

/**
 * What a drive is used for. A drive counts as blank only when nothing is recognised on it and its first and last
 * MiB were read and are zero: data without a known signature is somebody's data.
 */
export function useOf(host: Host, drive: Hardware, call: Call): Promise<UseOfDrive> {
  const read = { table: () => readTable(host, drive, call), signs: () => signs(host, drive, call) };
  return judge(host, drive, read);
}

/** The same by what was read a moment ago: for telling, not for taking a drive into use. */
export function recentUseOf(host: Host, drive: Hardware, call: Call): Promise<UseOfDrive> {
  const read = async () => ({ found: await signs(host, drive, call) });
  return judge(host, drive, {
    table: () => recentTable(host, drive, call),
    signs: async () => (await host.recent.signs.or(driveKey(drive), read)).found,
  });
}

interface Reads {
  readonly table: () => Promise<PartitionTable | undefined>;
  readonly signs: () => Promise<string | undefined>;
}

async function judge(host: Host, drive: Hardware, read: Reads): Promise<UseOfDrive> {
  const busy = await whatHolds(host, drive);
  if (busy !== undefined) return { use: DriveUse.BUSY, detail: busy };
  try {
    const table = await read.table();
    if (table && isOurs(table, drive)) return { use: DriveUse.MESHSTOR, detail: '', table };
    const foreign = table ? `it has a ${table.label} partition table that is not MeshStor's` : await read.signs();
    return foreign === undefined
      ? { use: DriveUse.BLANK, detail: '' }
      : { use: DriveUse.FOREIGN, detail: `${foreign}; erase it to give it to MeshStor` };
  } catch (error) {
    if (!isHostError(error, 'Unreachable')) throw error;
    return { use: DriveUse.UNREADABLE, detail: error.message };
  }
}

async function whatHolds(host: Host, drive: Hardware): Promise<string | undefined> {
  if (drive.holders.length > 0) return `${drive.holders.join(', ')} is built on the whole drive`;
  const [mount] = mountsOf(await readMounts(host), drive.devno);
  if (mount) return `its whole is mounted at ${mount.path}`;
  const swaps = (await host.proc.text('swaps')) ?? '';
  return swaps.split('\n').some((line) => line.startsWith(`${host.paths.dev}/${drive.name} `))
    ? 'it is used as swap space'
    : undefined;
}

/** Signs of somebody's data on a drive without a partition table. */
async function signs(host: Host, drive: Hardware, call: Call): Promise<string | undefined> {
  const device = `${host.paths.dev}/${drive.name}`;
  const subject = driveSubject(drive.id);
  const found = await probe(host, device, call, subject);
  if (found) return `it holds a ${found.what}`;
  const ends = { first: 0, last: Math.max(0, drive.sizeBytes - MiB) };
  for (const [name, offset] of Object.entries(ends)) {
    const length = Math.min(MiB, drive.sizeBytes);
    const data = await readBytes(host, device, { offset, length }, call, subject);
    if (!isZero(data)) return `its ${name} MiB holds data of an unknown kind`;
  }
  return undefined;
}
