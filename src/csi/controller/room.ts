import { layoutOf, memberDataOffsetBytes, minimumVolumeBytes } from '../../api/layout';

const MiB = 1024 ** 2;

/** A drive that could take partitions. */
export interface DriveRoom {
  /** Largest stretch: what a single partition can have at most. */
  readonly biggestBytes: number;
  readonly freeBytes: number;
}

/** The drives of one node. */
export type NodeRoom = readonly DriveRoom[];

export interface Shape {
  readonly numberOfCopies: number;
  readonly drivesPerCopy: number;
}

/**
 * The largest volume whose first copy is on one of `first` and whose others are on other nodes of `all`
 * (which includes `first`): every copy takes one partition on each of `drivesPerCopy` drives. 0 when there is
 * no room for the smallest volume.
 */
export function largestVolume(first: readonly NodeRoom[], all: readonly NodeRoom[], shape: Shape): number {
  const perDrive = (node: NodeRoom) =>
    nth(
      node.map(({ biggestBytes }) => biggestBytes),
      shape.drivesPerCopy,
    );
  const best = first.map((node) => {
    const others = all.filter((other) => other !== node).map(perDrive);
    return Math.min(perDrive(node), shape.numberOfCopies > 1 ? nth(others, shape.numberOfCopies - 1) : Infinity);
  });
  return usable(Math.max(0, ...best), shape.drivesPerCopy);
}

/**
 * Bytes of volumes that the free space could hold altogether, if it were all one stretch per drive, with a
 * copy of each on one of `first`.
 */
export function totalCapacity(first: readonly NodeRoom[], all: readonly NodeRoom[], shape: Shape): number {
  const perDrive = (node: NodeRoom) =>
    spread(
      node.map(({ freeBytes }) => freeBytes),
      shape.drivesPerCopy,
    );
  const sum = (nodes: readonly NodeRoom[]) => nodes.reduce((total, node) => total + perDrive(node), 0);
  return Math.floor(Math.min(spread(all.map(perDrive), shape.numberOfCopies), sum(first)) * shape.drivesPerCopy);
}

/** What a volume offers whose partitions have this size. */
function usable(partitionBytes: number, drivesPerCopy: number): number {
  const perDrive = Math.floor((partitionBytes - memberDataOffsetBytes) / MiB) * MiB;
  const bytes = Math.max(0, perDrive) * drivesPerCopy;
  const fits = layoutOf({ capacityBytes: bytes, numberOfCopies: 1, drivesPerCopy }).partitionBytes <= partitionBytes;
  return fits && bytes >= minimumVolumeBytes ? bytes : 0;
}

/** The n-th largest, 0 when there are fewer. */
const nth = (values: readonly number[], n: number): number => [...values].sort((a, b) => b - a)[n - 1] ?? 0;

/**
 * The most that can be stored `ways` times over in bins of these sizes, the copies of anything in different
 * bins. Bins larger than the result cannot be filled; what limits is the rest, for the ways left.
 */
export function spread(sizes: readonly number[], ways: number): number {
  const sorted = [...sizes].sort((a, b) => b - a);
  let rest = sorted.reduce((sum, size) => sum + size, 0);
  let most = rest / ways;
  for (let filled = 1; filled < ways; filled++) {
    rest -= sorted[filled - 1] ?? 0;
    most = Math.min(most, rest / (ways - filled));
  }
  return Math.max(0, most);
}
