import type { Metadata } from '../../hardware/cells';

/** What md keeps on every member, bitmap included, in one cell. */
export interface MdSuperblock extends Metadata, Geometry {
  readonly kind: 'md';
  readonly arrayUUID: string;
  /** UUID of the member itself ("Device UUID"). */
  readonly memberUUID: string;
  /** Rises with every change of the array's state; tells which member is fresher. */
  readonly events: number;
  /** False while writes may be under way: after a crash the members may differ. */
  readonly clean: boolean;
  /** This member's role; -1 for a spare. */
  readonly role: number;
  /** Up to where a member that is being rebuilt is good, in cells; unset for one that is whole. */
  readonly recoveryOffset: number | undefined;
  /** A copy that is not complete, of the member in the same role. */
  readonly isReplacement: boolean;
  readonly writeMostly: boolean;
  /** Where the data begins on this member, in cells. */
  readonly dataOffset: number;
  /** Member UUID by role, as this member knew them when it was written. */
  readonly roles: readonly (string | undefined)[];
  /** The same of the copies that are being made. */
  readonly copies: readonly (string | undefined)[];
  readonly bitmap: BitmapImage;
}

export interface BitmapImage {
  /** Members with fewer events than this cannot be brought up to date by the bitmap. */
  readonly eventsCleared: number;
  /** Numbers of the chunks that members may differ in. */
  readonly dirty: ReadonlySet<number>;
}

/** The shape of an array. Roles g*mirrors ... g*mirrors+mirrors-1 mirror each other. */
export interface Geometry {
  readonly level: 'raid1' | 'raid10';
  readonly raidDevices: number;
  readonly mirrors: number;
  /** Of RAID10, in cells. */
  readonly chunkCells: number;
  /** What is used of each member, in cells. */
  readonly componentCells: number;
}

/** 4 KiB from the start: "Super Offset : 8 sectors". */
export const superblockCell = 1;
