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
  return Promise.all(host.kernel.drives.list().map((device) => surveyDrive(host, device, call)));
}

export async function surveyDrive({ memory }: Host, device: DriveDevice, call: Call): Promise<Survey> {
  const unreadable = (detail: string): Survey => ({ device, use: DriveUse.UNREADABLE, detail });
  if (memory.unanswered.has(device)) return unreadable(`${device.name} has not answered an earlier read yet`);
  try {
    const head = await call.wait<Cells>(
      `reading ${device.name}`,
      (done) => {
        memory.unanswered.add(device);
        const end = (error?: string, data?: Cells) => {
          memory.unanswered.delete(device);
          done(error ? new KernelError('EIO', `${device.name}: ${error} error`) : undefined, data);
        };
        device.submit({ op: 'read', start: 0, count: alignCells, end });
      },
      Math.min(readLimitMs, call.leftMs / 2),
    );
    return classify(device, head);
  } catch (error) {
    return unreadable((error as Error).message);
  }
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
 * be read. A drive that hangs holds up nobody whose partition is on another one.
 */
export async function findPartition(host: Host, uuid: string, call: Call): Promise<LocalPartition> {
  const unread: string[] = [];
  const look = async (device: DriveDevice): Promise<LocalPartition> => {
    const { use, table } = await surveyDrive(host, device, call);
    if (use === DriveUse.UNREADABLE) unread.push(device.name);
    const entry = table && labelled(table).get(uuid);
    if (!table || !entry) throw new Error(`${uuid} is not on ${device.name}`);
    host.memory.lastSeenOn.set(uuid, device);
    const partition = device.partitions.get(entry.number);
    return { device, table, entry, partition: partition?.uuid === uuid ? partition : undefined };
  };
  const drives = host.kernel.drives.list();
  const last = drives.find((device) => device === host.memory.lastSeenOn.get(uuid));
  const there = last && (await look(last).catch(() => undefined));
  if (there) return there;
  const looks = drives.filter((device) => device !== last).map(look);
  const found = await Promise.any(looks).catch(() => undefined);
  if (found) return found;
  if (unread.length === 0) throw new HostError('NotFound', `node ${host.node} has no partition ${uuid}`);
  const names = unread.join(', ');
  throw new HostError('Unreachable', `partition ${uuid} is on no drive that could be read; ${names} could not`);
}

const byUUID = new WeakMap<PartitionTable, Map<string, PartitionEntry>>();

/** MeshStor's entries of a table, which never changes itself: an edit writes another one. */
function labelled(table: PartitionTable): Map<string, PartitionEntry> {
  let entries = byUUID.get(table);
  if (!entries) byUUID.set(table, (entries = new Map(table.entries.filter(isLabelled).map((one) => [one.uuid, one]))));
  return entries;
}

/** The device of a partition; Unreachable while the kernel does not show it. */
export function deviceOf(host: Host, { partition, entry, device }: LocalPartition): PartitionDevice {
  if (partition?.alive) return partition;
  throw new HostError(
    'Unreachable',
    `node ${host.node}: the kernel shows no device for ${entry.uuid} on ${device.name}`,
  );
}
