import type { Extent } from '../../gen/host';
import type { PartitionTable } from '../parse/sfdisk';

const MiB = 1024 ** 2;

/** What of the drive's end the spare GPT needs, rounded up to the alignment of partitions. */
const tailBytes = MiB;

/** Stretches of whole MiB between the partitions, in the order of the drive. Without a table: all but both ends. */
export function freeExtents(table: PartitionTable | undefined, driveBytes: number): Extent[] {
  const begin = Math.max(MiB, table?.firstByte ?? 0);
  const end = Math.min(table?.endByte ?? Infinity, driveBytes - tailBytes);
  const taken = [...(table?.entries ?? [])].sort((a, b) => a.start - b.start);
  const extents: Extent[] = [];
  let at = begin;
  for (const { start, size } of [...taken, { start: end, size: 0 }]) {
    const from = Math.ceil(at / MiB) * MiB;
    const to = Math.floor(Math.min(start, end) / MiB) * MiB;
    if (to > from) extents.push({ startBytes: from, sizeBytes: to - from });
    at = Math.max(at, start + size);
  }
  return extents;
}

/** The smallest extent that fits, so that large ones stay whole; of equal ones the first. */
export function smallestFit(extents: readonly Extent[], sizeBytes: number): Extent | undefined {
  const fits = extents.filter((extent) => extent.sizeBytes >= sizeBytes);
  return fits.reduce<Extent | undefined>(
    (best, one) => (best && best.sizeBytes <= one.sizeBytes ? best : one),
    undefined,
  );
}
