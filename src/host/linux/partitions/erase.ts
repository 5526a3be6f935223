import { clearedPartitionBytes } from '../../../api/layout';
import { HostError } from '../../errors';
import type { Call } from '../call';
import { CommandError } from '../exec';
import type { Host } from '../host';
import { isZero, readBytes } from '../raw';
import type { PartitionNode } from './block-device';

const MiB = 1024 ** 2;

/** Where signatures can be: superblocks of md (first 4 KiB, last 128 KiB), file systems, tables, volume groups. */
const headBytes = clearedPartitionBytes;
const tailBytes = 2 * MiB;

/** Zeroes both ends of a partition that nothing uses, durably. */
export async function eraseEnds(host: Host, node: PartitionNode, call: Call): Promise<void> {
  const { sizeBytes } = node;
  await zero(host, node, { offset: 0, length: Math.min(headBytes, sizeBytes) }, call);
  const tail = Math.min(tailBytes, Math.max(0, sizeBytes - headBytes));
  if (tail > 0) await zero(host, node, { offset: sizeBytes - tail, length: tail }, call);
  await flush(host, node, call);
}

/**
 * Makes a stretch read as zeroes. Punching a hole lets the drive give the space back and still is a promise of
 * zeroes (a discard is not); a drive that cannot gets zeroes written. The kernel refuses a device that anything
 * has claimed, in the second way; the first is only taken where the caller has just looked.
 */
export async function zero(
  { exec }: Host,
  { path }: PartitionNode,
  { offset, length }: { offset: number; length: number },
  call: Call,
): Promise<void> {
  const range = ['--offset', String(offset), '--length', String(length)];
  try {
    await exec.run(['fallocate', '--punch-hole', ...range, path], { call });
  } catch (error) {
    if (!(error instanceof CommandError) || !error.stderr.includes('not supported')) throw error;
    await exec.run(['blkdiscard', '--zeroout', ...range, path], { call });
  }
}

/** What was written is beyond the drive's own cache afterwards. */
export async function flush({ exec }: Host, { path }: PartitionNode, call: Call): Promise<void> {
  await exec.run(['sync', path], { call });
}

/** Reads samples past the page cache. Unreachable when one is not zero: the drive does not keep what it says. */
export async function requireZero(
  host: Host,
  node: PartitionNode,
  samples: readonly { offset: number; length: number }[],
  call: Call,
  subject: string,
): Promise<void> {
  for (const sample of samples) {
    if (isZero(await readBytes(host, node.path, sample, call, subject))) continue;
    throw new HostError('Unreachable', `${node.name} was erased and reads other than zero at ${sample.offset}`);
  }
}
