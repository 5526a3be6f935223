import { clearedPartitionBytes } from '../../../api/layout';
import { HostError } from '../../errors';
import type { Call } from '../call';
import type { Hardware } from '../drives/hardware';
import { driveSubject, erasedName, erasedUpTo } from '../drives/table';
import type { Host } from '../host';
import type { TableEntry } from '../parse/sfdisk';
import { isZero, readBytes } from '../raw';
import type { PartitionNode } from './block-device';
import { flush } from './erase';
import { eraseFrom, samplesOf } from './stretch';
import { labelEntry } from './table';

const MiB = 1024 ** 2;
/** What erasing a new partition may take at first. A drive that erases by command is through by then. */
const quickMs = 2_000;

/**
 * Makes a new partition, whose ends are erased, read as zeroes in between. Space that MeshStor released does so
 * already; not so that of a drive whose table somebody removed without erasing the partitions. Where a drive is too
 * slow to do it for everybody, samples decide whether the rest must be erased. How far that got is in the entry's
 * name: neither a further call nor a crash begins again, or takes samples of what was erased for the rest.
 */
export async function eraseInside(
  host: Host,
  drive: Hardware,
  entry: TableEntry,
  node: PartitionNode,
  call: Call,
): Promise<void> {
  if (entry.size <= clearedPartitionBytes) return;
  const half = call.left() / 2;
  const begun = erasedUpTo(entry);
  const keepMs = begun === undefined ? Math.max(half, call.left() - quickMs) : half;
  const reached = await eraseFrom(host, node, begun ?? clearedPartitionBytes, keepMs, call);
  const isDone = reached === entry.size;
  // Also a part: a further call does not erase again what the entry's name counts as erased.
  await flush(host, node, call);
  const isClean = (isDone || begun === undefined) && (await readsAsZero(host, drive, entry, node, call));
  if (isClean) return;
  if (isDone) throw new HostError('Unreachable', `${node.name} was erased and reads other than zero`);
  await labelEntry(host, drive, entry, erasedName(reached), call);
  const progress = `${reached} of ${entry.size} bytes`;
  throw new HostError('Busy', `${node.name} has old content, which is being erased (${progress}); ask again to go on`);
}

async function readsAsZero(
  host: Host,
  drive: Hardware,
  { uuid, size }: TableEntry,
  { path }: PartitionNode,
  call: Call,
): Promise<boolean> {
  const first = { offset: clearedPartitionBytes, length: Math.min(MiB, size - clearedPartitionBytes) };
  const samples = [first, ...samplesOf(uuid, size)];
  const found = await Promise.all(samples.map((range) => readBytes(host, path, range, call, driveSubject(drive.id))));
  return found.every(isZero);
}
