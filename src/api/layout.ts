import type { MeshStorVolumeSpec } from './model';

const MiB = 1024 ** 2;

/** Smallest volume: mkfs.xfs refuses less than 300 MB, and growth needs head-room. */
export const minimumVolumeBytes = 512 * MiB;

/**
 * Space at the start of every member before the data: md's superblock and write-intent bitmap. 4 MiB hold a
 * bitmap for 2 PiB at md's smallest chunk, so that growing a volume never has to move its data.
 */
export const memberDataOffsetBytes = 4 * MiB;

/**
 * What is zeroed at the start of every new partition: enough for the signatures of anything that was there
 * before, and for telling whether anybody ever wrote to the volume.
 */
export const clearedPartitionBytes = 16 * MiB;

/** RAID10 chunk. */
export const chunkBytes = 64 * 1024;

/** The shape of a volume's array. */
export interface Layout {
  readonly level: 'raid1' | 'raid10';
  /** Roles that mirror each other. Two even for one copy: the free role is where a copy can move to. */
  readonly mirrors: number;
  /** Copies that are wanted; the others of `mirrors` stay empty. */
  readonly copies: number;
  readonly drivesPerCopy: number;
  /** md's number of roles. Roles m, m+1, ... m+mirrors-1 (m a multiple of mirrors) hold the same data. */
  readonly raidDevices: number;
  /** Members that a healthy volume has. */
  readonly expectedMembers: number;
  /** Size of each partition. */
  readonly partitionBytes: number;
  /** What the array offers: at least the capacity asked for. */
  readonly usableBytes: number;
}

export function layoutOf(spec: Pick<MeshStorVolumeSpec, 'capacityBytes' | 'numberOfCopies' | 'drivesPerCopy'>): Layout {
  const copies = spec.numberOfCopies;
  const drivesPerCopy = spec.drivesPerCopy;
  const mirrors = Math.max(2, copies);
  const bytesPerDrive = roundUp(Math.ceil(spec.capacityBytes / drivesPerCopy), MiB);
  return {
    level: drivesPerCopy > 1 ? 'raid10' : 'raid1',
    mirrors,
    copies,
    drivesPerCopy,
    raidDevices: mirrors * drivesPerCopy,
    expectedMembers: copies * drivesPerCopy,
    partitionBytes: bytesPerDrive + memberDataOffsetBytes,
    usableBytes: bytesPerDrive * drivesPerCopy,
  };
}

export const roundUp = (value: number, step: number): number => Math.ceil(value / step) * step;

/** The set of mirrors a role belongs to; one present member in each is enough to hold all data. */
export const mirrorSetOf = ({ level, mirrors }: Layout, role: number): number =>
  // All of a RAID1 is one set, also while it has more roles than the volume is to have copies.
  level === 'raid1' ? 0 : Math.floor(role / mirrors);

/** Whether members in these roles hold a complete copy between them. */
export function coversAll(layout: Layout, roles: Iterable<number>): boolean {
  const sets = new Set([...roles].map((role) => mirrorSetOf(layout, role)));
  return sets.size === layout.drivesPerCopy;
}
