import { HostError } from '../../errors';
import type { Call } from '../call';
import { CommandError } from '../exec';
import type { Host } from '../host';
import type { TableEntry } from '../parse/sfdisk';
import type { Found } from './find';

/** A partition as the running kernel has it. */
export interface PartitionNode {
  /** nvme0n1p3 */
  readonly name: string;
  /** /dev/nvme0n1p3 */
  readonly path: string;
  /** major:minor */
  readonly devno: string;
  readonly sizeBytes: number;
  /** Kernel devices stacked on it. */
  readonly holders: readonly string[];
}

/**
 * The kernel's device of a partition, made known to it if it is not. Start and size agree with the table that was
 * just read, and the drive is still the one it was read from: the device is the partition.
 */
export async function nodeOf(
  host: Host,
  { drive, entry }: Pick<Found, 'drive' | 'entry'>,
  call: Call,
): Promise<PartitionNode> {
  const node = await readNode(host, drive.name, entry);
  const known = node ?? (await makeKnown(host, drive.name, entry, call));
  const id = await host.sysfs.text(`block/${drive.name}/wwid`);
  if (id !== drive.id) throw new HostError('Unreachable', `${drive.name} is not drive ${drive.id} any more`);
  return known;
}

async function makeKnown(host: Host, drive: string, entry: TableEntry, call: Call): Promise<PartitionNode> {
  const device = `${host.paths.dev}/${drive}`;
  const stale = await host.sysfs.text(`block/${drive}/${drive}p${entry.number}/start`);
  const change = stale === undefined ? '--add' : '--update';
  // udev reads the table again whenever somebody closes the drive, and may have been faster: what counts is what
  // the kernel knows in the end.
  const known = await call.poll(2_000, 50, async () => {
    const there = await readNode(host, drive, entry);
    if (there) return there;
    await host.exec
      .run(['partx', change, '--nr', String(entry.number), device], { call })
      .catch((error: unknown) => unlessCommandError(error));
    return readNode(host, drive, entry);
  });
  if (known) return known;
  throw new HostError('Busy', `the kernel does not take over partition ${entry.number} of ${drive} from its table`);
}

function unlessCommandError(error: unknown): void {
  if (!(error instanceof CommandError)) throw error;
}

/** Undefined when the kernel does not know it, or knows it with another start or size. */
async function readNode(host: Host, drive: string, entry: TableEntry): Promise<PartitionNode | undefined> {
  const name = `${drive}p${entry.number}`;
  const folder = `block/${drive}/${name}`;
  const [start, size, devno, holders] = await Promise.all([
    host.sysfs.number(`${folder}/start`),
    host.sysfs.number(`${folder}/size`),
    host.sysfs.text(`${folder}/dev`),
    host.sysfs.list(`${folder}/holders`),
  ]);
  if (start === undefined || size === undefined || devno === undefined) return undefined;
  if (start * 512 !== entry.start || size * 512 !== entry.size) return undefined;
  return { name, path: `${host.paths.dev}/${name}`, devno, sizeBytes: entry.size, holders };
}
