import { createHash } from 'node:crypto';
import { memberDataOffsetBytes } from '../../../api/layout';
import { bytesOfCell, cellBytes, type Cells, type Drive, type SimNode } from '../../../host/sim';
import { isMetadata } from '../../../host/sim/hardware/cells';
import type { Inode } from '../../../host/sim/kernel/fs/layout';
import type { PartitionTable } from '../../../host/sim/kernel/gpt';

/** What lies on a drive, past everything that could smooth it over. */
export interface Content {
  /** Blocks of 4 KiB that are not all zeroes. */
  readonly blocks: number;
  /** Over those blocks and where they lie. */
  readonly sha256: string;
  /** Files of the file system in it, by name. */
  readonly files: ReadonlyMap<string, Buffer>;
}

/** What one half of a mirror holds, read from its partition alone. Throws when the node has no such partition. */
export async function contentOfHalf(machine: SimNode, partitionUUID: string): Promise<Content> {
  const partition = machine.kernel.drives.findPartition(partitionUUID);
  if (!partition) throw new Error(`${machine.name} has no partition ${partitionUUID}`);
  const start = memberDataOffsetBytes / cellBytes;
  const cells = await new Promise<Cells>((resolve, reject) => {
    const end = (error: string | undefined, data?: Cells) =>
      error ? reject(new Error(`${partition.name} of ${machine.name} cannot be read`)) : resolve(data!);
    partition.submit({ op: 'read', start, count: partition.cells - start, end });
  });
  return contentOf(cells);
}

function contentOf(cells: Cells): Content {
  const used = [...cells].sort(([a], [b]) => a - b);
  const hash = createHash('sha256');
  const files = new Map<string, Buffer>();
  for (const [position, cell] of used) {
    hash.update(`${position}:`).update(bytesOfCell(cell));
    if (isMetadata<Inode>(cell, 'inode')) files.set(cell.name, fileOf(cell, cells));
  }
  return { blocks: used.length, sha256: hash.digest('hex'), files };
}

function fileOf({ bytes, extents }: Inode, cells: Cells): Buffer {
  return Buffer.concat(extents.map((extent) => bytesOfCell(cells.get(extent) ?? ''))).subarray(0, bytes);
}

/** Blocks of a drive that hold anything besides its partition table. */
export function blocksLeft(drive: Drive): number {
  const cells = [...drive.peekRange(0, drive.cells).values()];
  return cells.filter((cell) => !isMetadata<PartitionTable>(cell, 'gpt')).length;
}
