import { flush, readCell, type IoError } from '../../hardware/bio';
import { blank, cellBytes, isMetadata, type Cell, type Cells } from '../../hardware/cells';
import type { KernelDevice } from '../device';
import { KernelError, type Done } from '../errno';
import { firstDataCell, firstInode, fsCell, inodeCount, type FsSuperblock, type Inode } from './layout';

export interface FsStats {
  readonly totalBytes: number;
  readonly usedBytes: number;
  readonly totalInodes: number;
  readonly usedInodes: number;
}

/** blkid: the file system on a device, if there is one. Waits as long as the device does. */
export function probe(device: KernelDevice, done: Done<FsSuperblock | undefined>): void {
  readCell(device, fsCell, (error, cell) => {
    if (error) return done(new KernelError('EIO', `${device.name} cannot be read`));
    done(undefined, isMetadata<FsSuperblock>(cell, 'fs') ? cell : undefined);
  });
}

/**
 * A mounted file system with one directory. Every write is synchronous: it ends when the file is durable. After
 * an error of its device it is shut down and answers everything with EIO, as XFS does.
 */
export class FileSystem {
  private readonly inodes = new Map<string, { readonly slot: number; readonly inode: Inode }>();
  private readonly used = new Set<number>();
  private readonly reserved = new Set<number>();
  private nextCell: number;
  private isShutDown = false;

  private constructor(
    readonly device: KernelDevice,
    readonly superblock: FsSuperblock,
    inodes: Cells,
  ) {
    this.nextCell = firstDataCell(superblock.cells);
    for (const [slot, cell] of inodes) {
      if (!isMetadata<Inode>(cell, 'inode')) continue;
      this.inodes.set(cell.name, { slot, inode: cell });
      for (const extent of cell.extents) this.used.add(extent);
    }
  }

  static open(device: KernelDevice, done: Done<FileSystem>): void {
    probe(device, (error, superblock) => {
      if (error || !superblock) return done(error ?? new KernelError('EINVAL', `no file system on ${device.name}`));
      if (superblock.cells > device.cells) {
        return done(new KernelError('EINVAL', `the file system is larger than ${device.name}`));
      }
      const end = (failed: IoError | undefined, data?: Cells) => {
        if (failed) done(new KernelError('EIO', `${device.name} cannot be read`));
        else done(undefined, new FileSystem(device, superblock, data!));
      };
      device.submit({ op: 'read', start: firstInode, count: inodeCount(superblock.cells), end });
    });
  }

  get shutDown(): boolean {
    return this.isShutDown;
  }

  list(): string[] {
    return [...this.inodes.keys()].sort();
  }

  stats(): FsStats {
    const { cells } = this.superblock;
    return {
      totalBytes: (cells - firstDataCell(cells)) * cellBytes,
      usedBytes: this.used.size * cellBytes,
      totalInodes: inodeCount(cells),
      usedInodes: this.inodes.size,
    };
  }

  /** Replaces a file's contents; ends when they are durable. */
  writeFile(name: string, content: Buffer, done: Done): void {
    if (this.isShutDown) return done(this.broken());
    const slot = this.inodes.get(name)?.slot ?? this.freeSlot();
    const extents = this.allocate(Math.ceil(content.length / cellBytes));
    if (slot === undefined || !extents) return done(new KernelError('ENOSPC', 'no space left on device'));
    this.reserved.add(slot);
    const inode: Inode = { kind: 'inode', name, bytes: content.length, extents };
    const settled = (error: IoError | undefined) => {
      this.reserved.delete(slot);
      if (error) return done(this.fail());
      for (const extent of this.inodes.get(name)?.inode.extents ?? []) this.used.delete(extent);
      this.inodes.set(name, { slot, inode });
      done(undefined);
    };
    this.writeAll(cellsOfFile(content, extents), (error) => {
      if (error) return settled(error);
      this.writeAll(new Map([[firstInode + slot, inode]]), settled);
    });
  }

  readFile(name: string, done: Done<Buffer>): void {
    const inode = this.inodes.get(name)?.inode;
    if (this.isShutDown) return done(this.broken());
    if (!inode) return done(new KernelError('ENOENT', `no file ${name}`));
    const parts: Buffer[] = [];
    let failed = false;
    let left = inode.extents.length;
    if (left === 0) return done(undefined, Buffer.alloc(0));
    inode.extents.forEach((extent, index) => {
      readCell(this.device, extent, (error, cell) => {
        failed ||= error !== undefined;
        parts[index] = Buffer.alloc(cellBytes);
        if (typeof cell === 'string') parts[index].write(cell, 'latin1');
        if (--left > 0) return;
        if (failed) done(new KernelError('EIO', `file ${name} cannot be read`));
        else done(undefined, Buffer.concat(parts).subarray(0, inode.bytes));
      });
    });
  }

  private writeAll(cells: Cells, done: (error: IoError | undefined) => void): void {
    let left = cells.size + 1;
    let failure: IoError | undefined;
    const ended = (error?: IoError) => {
      failure ??= error;
      if (--left > 0) return;
      if (failure) done(failure);
      else flush(this.device, done);
    };
    for (const [cell, value] of cells) {
      this.device.submit({ op: 'write', start: cell, count: 1, data: new Map([[0, value]]), end: ended });
    }
    ended();
  }

  private freeSlot(): number | undefined {
    const taken = new Set([...this.reserved, ...[...this.inodes.values()].map(({ slot }) => slot)]);
    for (let slot = 0; slot < inodeCount(this.superblock.cells); slot++) if (!taken.has(slot)) return slot;
    return undefined;
  }

  private allocate(count: number): number[] | undefined {
    const { cells } = this.superblock;
    const first = firstDataCell(cells);
    if (count > cells - first - this.used.size) return undefined;
    const extents: number[] = [];
    for (; extents.length < count; this.nextCell++) {
      if (this.nextCell >= cells) this.nextCell = first;
      if (this.used.has(this.nextCell)) continue;
      this.used.add(this.nextCell);
      extents.push(this.nextCell);
    }
    return extents;
  }

  private fail(): KernelError {
    this.isShutDown = true;
    return this.broken();
  }

  private broken(): KernelError {
    return new KernelError('EIO', `the file system on ${this.device.name} was shut down after an I/O error`);
  }
}

function cellsOfFile(content: Buffer, extents: readonly number[]): Cells {
  const cells = new Map<number, Cell>();
  extents.forEach((extent, index) => {
    const part = content.toString('latin1', index * cellBytes, (index + 1) * cellBytes);
    cells.set(extent, part.replace(/\0+$/, '') || blank);
  });
  return cells;
}
