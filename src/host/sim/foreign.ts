import type { Cells } from './hardware/cells';
import type { FsSuperblock } from './kernel/fs/layout';
import { fsCell } from './kernel/fs/layout';
import { tableCell, type PartitionTable } from './kernel/gpt';

/** Contents of a drive with a partition table of somebody else. */
export function foreignTable(): Cells {
  const table: PartitionTable = {
    kind: 'gpt',
    diskGUID: '52f94bf6-f97b-4cce-9605-1b9a09ea60dd',
    entries: [
      { number: 1, uuid: 'c1906fba-24e8-492f-a45e-2253ebc0cdfb', name: 'their data', start: 256, cells: 25_600 },
    ],
  };
  return new Map([[tableCell, table]]);
}

/** Contents of a drive with a file system right on it. */
export function foreignFileSystem(type = 'ext4'): Cells {
  const superblock: FsSuperblock = { kind: 'fs', type, uuid: '3fbea3a4-acf5-4d59-9d52-61ebbdd084a5', cells: 25_600 };
  return new Map([[fsCell, superblock]]);
}
