import type { Metadata } from '../../hardware/cells';

/** First cell of a file system. */
export interface FsSuperblock extends Metadata {
  readonly kind: 'fs';
  /** xfs or ext4; anything else is somebody else's. */
  readonly type: string;
  readonly uuid: string;
  /** Size of the file system, in cells. */
  readonly cells: number;
}

/** A file: its name and where its contents are. Contents are written elsewhere before the inode is replaced. */
export interface Inode extends Metadata {
  readonly kind: 'inode';
  readonly name: string;
  readonly bytes: number;
  readonly extents: readonly number[];
}

export const fsCell = 0;

/** Inodes lie behind the superblock, one a cell: one for 64 cells of the device, 4,096 at most. */
export const inodeCount = (cells: number): number => Math.max(1, Math.min(4_096, Math.floor(cells / 64)));
export const firstInode = 1;
export const firstDataCell = (cells: number): number => firstInode + inodeCount(cells);
