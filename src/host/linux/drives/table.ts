import { diskGUID, partitionLabelPrefix } from '../../../api/identity';
import type { Call } from '../call';
import { CommandError } from '../exec';
import type { Host } from '../host';
import { parseSfdisk, type PartitionTable, type TableEntry } from '../parse/sfdisk';
import { readCap, reading } from '../raw';
import type { Hardware } from './hardware';

/** Names a drive among what was read a moment ago: another one in its place is another one. */
export const driveKey = ({ name, id }: Pick<Hardware, 'name' | 'id'>): string => `${name} ${id}`;

/** As `readTable`, or as it was read a moment ago. For looking: whoever changes the drive reads anew. */
export async function recentTable(host: Host, drive: Hardware, call: Call): Promise<PartitionTable | undefined> {
  const read = async () => ({ table: await readTable(host, drive, call) });
  return (await host.recent.tables.or(driveKey(drive), read)).table;
}

/** The drive's partition table as it is on the drive now; undefined when it has none. Unreachable if unreadable. */
export async function readTable(host: Host, drive: Hardware, call: Call): Promise<PartitionTable | undefined> {
  const device = `${host.paths.dev}/${drive.name}`;
  const options = { call, capMs: readCap(call), subject: driveSubject(drive.id), readOnly: true };
  return reading(device, async () => {
    try {
      return parseSfdisk((await host.exec.run(['sfdisk', '--json', device], options)).stdout.toString());
    } catch (error) {
      if (error instanceof CommandError && error.stderr.includes('does not contain a recognized partition table')) {
        return undefined;
      }
      throw error;
    }
  });
}

export const isOurs = (table: PartitionTable, drive: Hardware): boolean =>
  table.label === 'gpt' && table.id === diskGUID(drive.id);

/** Name of an entry that is not a partition yet: it is listed nowhere, and its space is not free. */
export const provisionalName = 'meshstor-being-made';

/** Entries that MeshStor made, in a table that MeshStor made. Nothing else is ever touched. */
export function ourEntries(table: PartitionTable | undefined, drive: Hardware): readonly TableEntry[] {
  if (!table || !isOurs(table, drive)) return [];
  return table.entries.filter(({ name }) => name.startsWith(partitionLabelPrefix) || isProvisional({ name }));
}

export const isProvisional = ({ name }: Pick<TableEntry, 'name'>): boolean =>
  name === provisionalName || erasedUpTo({ name }) !== undefined;

const MiB = 1024 ** 2;

/** The provisional name of one whose old content is being erased, with what is done of that, in MiB. */
export const erasedName = (bytes: number): string => `${provisionalName}-${Math.floor(bytes / MiB)}`;

/** Undefined for one of which nothing needs to be erased as far as anybody knows. */
export function erasedUpTo({ name }: Pick<TableEntry, 'name'>): number | undefined {
  const done = name.startsWith(provisionalName) ? /^-(\d+)$/.exec(name.slice(provisionalName.length))?.[1] : undefined;
  return done === undefined ? undefined : Number(done) * MiB;
}

export const driveSubject = (id: string): string => `drive ${id}`;
