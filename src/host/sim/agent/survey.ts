import { diskGUID, partitionLabelPrefix } from '../../../api/identity';
import { HostError } from '../../errors';
import { DriveUse } from '../../gen/host';
import { isMetadata, type Cell, type Cells } from '../hardware/cells';
import type { DriveDevice, PartitionDevice } from '../kernel/drives';
import { KernelError } from '../kernel/errno';
import { tableCell, type PartitionEntry, type PartitionTable } from '../kernel/gpt';
import type { Call } from './call';
import type { Host } from './host';

/** 1 MiB in cells: partitions are aligned to it, and signatures are looked for in as much. */
export const alignCells = 256;

/** Longest time one drive may take to show its table; the others are not held up by it. */
const readLimitMs = 2_000;

/** A drive, and what its first MiB says. */
export interface Survey {
  readonly device: DriveDevice;
  readonly use: DriveUse;
  readonly detail: string;
  /** Set when MeshStor made it. */
  readonly table?: PartitionTable;
}

export interface LocalPartition {
  readonly device: DriveDevice;
  readonly table: PartitionTable;
  readonly entry: PartitionEntry;
  /** Undefined while the kernel does not know the entry. */
  readonly partition: PartitionDevice | undefined;
}

export async function surveyDrives(host: Host, call: Call): Promise<Survey[]> {
  return Promise.all(host.kernel.drives.list().map((device) => surveyDrive(device, call)));
}

export async function surveyDrive(device: DriveDevice, call: Call): Promise<Survey> {
  let head: Cells;
  try {
    head = await call.wait<Cells>(
      `reading ${device.name}`,
      (done) => {
        device.submit({
          op: 'read',
          start: 0,
          count: alignCells,
          end: (error, data) => done(error && new KernelError('EIO', `${device.name}: ${error} error`), data),
        });
      },
      Math.min(readLimitMs, call.leftMs / 2),
    );
  } catch (error) {
    return { device, use: DriveUse.UNREADABLE, detail: (error as Error).message };
  }
  return classify(device, head);
}

function classify(device: DriveDevice, head: Cells): Survey {
  const first = head.get(tableCell);
  if (device.heldBy !== undefined && device.partitions.size === 0) {
    return { device, use: DriveUse.BUSY, detail: `${device.name} is in use by ${device.heldBy}` };
  }
  if (isMetadata<PartitionTable>(first, 'gpt')) {
    if (first.diskGUID === diskGUID(device.drive.id))
      return { device, use: DriveUse.MESHSTOR, detail: '', table: first };
    return { device, use: DriveUse.FOREIGN, detail: `${device.name} has a partition table that MeshStor did not make` };
  }
  const signature = signatureIn(head);
  if (!signature) return { device, use: DriveUse.BLANK, detail: '' };
  return { device, use: DriveUse.FOREIGN, detail: `${device.name} carries a signature: ${signature}` };
}

/** What blkid would recognise. Bytes without a signature are taken for nothing. */
export function signatureIn(head: Cells): string | undefined {
  const found: Cell | undefined = [...head.values()].find((cell) => typeof cell === 'object');
  return typeof found === 'object' ? found.kind : undefined;
}

export const isLabelled = ({ name }: PartitionEntry): boolean => name.startsWith(partitionLabelPrefix);

/**
 * The partition, wherever on this node it is. NotFound: on none of its drives. Unreachable: on none that could
 * be read.
 */
export async function findPartition(host: Host, uuid: string, call: Call): Promise<LocalPartition> {
  const surveys = await surveyDrives(host, call);
  for (const { device, table } of surveys) {
    const entry = table?.entries.find((candidate) => candidate.uuid === uuid && isLabelled(candidate));
    if (!entry) continue;
    const partition = device.partitions.get(entry.number);
    return { device, table: table!, entry, partition: partition?.uuid === uuid ? partition : undefined };
  }
  const unread = surveys.filter(({ use }) => use === DriveUse.UNREADABLE).map(({ device }) => device.name);
  if (unread.length === 0) throw new HostError('NotFound', `node ${host.node} has no partition ${uuid}`);
  const drives = unread.join(', ');
  throw new HostError('Unreachable', `partition ${uuid} is on no drive that could be read; ${drives} could not`);
}

/** The device of a partition; Unreachable while the kernel does not show it. */
export function deviceOf(host: Host, { partition, entry, device }: LocalPartition): PartitionDevice {
  if (partition?.alive) return partition;
  throw new HostError(
    'Unreachable',
    `node ${host.node}: the kernel shows no device for ${entry.uuid} on ${device.name}`,
  );
}
