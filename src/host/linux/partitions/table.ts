import type { Hardware } from '../drives/hardware';
import { driveKey } from '../drives/table';
import { HostError } from '../../errors';
import type { Call } from '../call';
import { CommandError, type Argv } from '../exec';
import type { Host } from '../host';
import type { TableEntry } from '../parse/sfdisk';

/** Linux RAID: other systems see what it is for, and nothing mounts it. */
const partitionType = 'A19D880F-05FC-4D3B-A006-743F0F84911E';
/** Twice of what is usual, and all that the kernel knows on one drive. */
const tableLength = 256;

/**
 * Edits of a drive's partition table. sfdisk takes the drive's lock against udev, which would read the table in
 * between (--lock); it does not ask whether the drive is in use (--no-reread), because its other partitions always
 * are; and the kernel is told of single partitions afterwards (partx), because sfdisk's own way fails then.
 */
async function edit(host: Host, drive: Hardware, args: readonly string[], input: string | undefined, call: Call) {
  const device = `${host.paths.dev}/${drive.name}`;
  const argv = [
    'sfdisk',
    '--quiet',
    '--lock',
    '--no-reread',
    '--no-tell-kernel',
    ...args.map((a) => (a === '@' ? device : a)),
  ];
  const forget = () => {
    for (const reads of [host.recent.tables, host.recent.signs]) reads.forget((key) => key === driveKey(drive));
  };
  forget();
  try {
    await host.exec.run(argv as unknown as Argv, { call, ...(input === undefined ? {} : { input }) });
  } finally {
    forget();
  }
}

export async function makeTable(host: Host, drive: Hardware, id: string, call: Call): Promise<void> {
  await edit(host, drive, ['@'], `label: gpt\nlabel-id: ${id}\ntable-length: ${tableLength}\n`, call);
}

export async function addEntry(
  host: Host,
  drive: Hardware,
  { uuid, name, start, size }: Omit<TableEntry, 'number'>,
  call: Call,
): Promise<void> {
  const fields = [
    `start=${start / drive.sectorSize}`,
    `size=${size / drive.sectorSize}`,
    `type=${partitionType}`,
    `uuid=${uuid}`,
    `name="${name}"`,
  ];
  try {
    await edit(host, drive, ['--append', '@'], `${fields.join(', ')}\n`, call);
  } catch (error) {
    const full =
      error instanceof CommandError && /all space for partitions is in use|All partitions used/i.test(error.stderr);
    if (full) throw new HostError('NoSpace', `the partition table of ${drive.name} is full`, { cause: error });
    throw error;
  }
}

/** The name first: with it the entry is recognised as MeshStor's, under a UUID that nobody asks for yet. */
export async function renameEntry(
  host: Host,
  drive: Hardware,
  { number }: Pick<TableEntry, 'number'>,
  { uuid, name }: { uuid: string; name: string },
  call: Call,
): Promise<void> {
  await labelEntry(host, drive, { number }, name, call);
  await edit(host, drive, ['--part-uuid', '@', String(number), uuid], undefined, call);
}

export async function labelEntry(
  host: Host,
  drive: Hardware,
  { number }: Pick<TableEntry, 'number'>,
  name: string,
  call: Call,
): Promise<void> {
  await edit(host, drive, ['--part-label', '@', String(number), name], undefined, call);
}

/** Takes the entry out of the table, and then out of the kernel, which does not notice by itself. */
export async function deleteEntry(host: Host, drive: Hardware, { number }: TableEntry, call: Call): Promise<void> {
  await edit(host, drive, ['--delete', '@', String(number)], undefined, call);
  await forgetNode(host, drive, number, call);
}

async function forgetNode(host: Host, drive: Hardware, number: number, call: Call): Promise<void> {
  const device = `${host.paths.dev}/${drive.name}`;
  const isKnown = async () =>
    (await host.sysfs.text(`block/${drive.name}/${drive.name}p${number}/start`)) !== undefined;
  const forgotten = await call.poll(2_000, 50, async () => {
    if (!(await isKnown())) return true;
    await host.exec
      .run(['partx', '--delete', '--nr', String(number), device], { call })
      .catch((error: unknown) => unlessCommandError(error));
    return (await isKnown()) ? undefined : true;
  });
  if (!forgotten) throw new HostError('Busy', `the kernel still holds ${drive.name}p${number}, which was deleted`);
}

function unlessCommandError(error: unknown): void {
  if (!(error instanceof CommandError)) throw error;
}
