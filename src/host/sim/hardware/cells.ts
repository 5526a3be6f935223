/**
 * Contents of block devices. A cell stands for 4 KiB and is one small value, so that a world of terabytes fits
 * into memory and a test can see at a glance whose bytes are where.
 */
export const cellBytes = 4096;

/** The bytes of a cell as a latin1 string without trailing zero bytes, or something a program left in it. */
export type Cell = string | Metadata;

/** What a program keeps on a disk: partition table, superblock, inode. Never changed after it was written. */
export interface Metadata {
  readonly kind: string;
}

/** All zeroes. */
export const blank = '';

/** Cells of a range by their distance from its start. Those that are absent are blank. */
export type Cells = ReadonlyMap<number, Cell>;
export const noCells: Cells = new Map();

export function isMetadata<M extends Metadata>(cell: Cell | undefined, kind: M['kind']): cell is M {
  return typeof cell === 'object' && cell.kind === kind;
}

/** What a program that reads raw bytes gets. */
export function bytesOfCell(cell: Cell): Buffer {
  const bytes = Buffer.alloc(cellBytes);
  bytes.write(typeof cell === 'string' ? cell : JSON.stringify(cell), 'latin1');
  return bytes;
}

export function cellOfBytes(bytes: Buffer): Cell {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return bytes.toString('latin1', 0, end);
}

/** Cells per bucket: 1 MiB, what partitions are aligned to. */
const bucketCells = 256;

/** Sparse contents of a medium. Reading or writing a range costs what is in it, not what it spans. */
export class CellStore {
  private readonly buckets = new Map<number, Map<number, Cell>>();

  get(cell: number): Cell {
    return this.buckets.get(Math.floor(cell / bucketCells))?.get(cell) ?? blank;
  }

  set(cell: number, value: Cell): void {
    const key = Math.floor(cell / bucketCells);
    let bucket = this.buckets.get(key);
    if (value === blank) {
      if (bucket?.delete(cell) && bucket.size === 0) this.buckets.delete(key);
      return;
    }
    if (!bucket) this.buckets.set(key, (bucket = new Map<number, Cell>()));
    bucket.set(cell, value);
  }

  read(start: number, count: number): Cells {
    if (count === 1) {
      const cell = this.get(start);
      return cell === blank ? noCells : new Map([[0, cell]]);
    }
    const found = new Map<number, Cell>();
    this.visit(start, count, (cell, value) => found.set(cell - start, value));
    return found;
  }

  /** Replaces the whole range. `replaced` is told every cell that is about to change, with what it held. */
  write(start: number, count: number, data: Cells, replaced?: (cell: number, old: Cell) => void): void {
    if (count > 1) {
      const old: number[] = [];
      this.visit(start, count, (cell, value) => {
        if (data.has(cell - start)) return;
        replaced?.(cell, value);
        old.push(cell);
      });
      for (const cell of old) this.set(cell, blank);
    }
    for (const [offset, value] of count === 1 && data.size === 0 ? blankCell : data) {
      replaced?.(start + offset, this.get(start + offset));
      this.set(start + offset, value);
    }
  }

  private visit(start: number, count: number, each: (cell: number, value: Cell) => void): void {
    const first = Math.floor(start / bucketCells);
    const last = Math.floor((start + count - 1) / bucketCells);
    const within = (bucket: Cells) => {
      for (const [cell, value] of bucket) if (cell >= start && cell < start + count) each(cell, value);
    };
    if (last - first < this.buckets.size) {
      for (let key = first; key <= last; key++) within(this.buckets.get(key) ?? noCells);
    } else {
      for (const [key, bucket] of this.buckets) if (key >= first && key <= last) within(bucket);
    }
  }
}

const blankCell: Cells = new Map([[0, blank]]);
