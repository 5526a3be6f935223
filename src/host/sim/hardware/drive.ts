import type { Random } from '../../../runtime/clock';
import type { Bio } from './bio';
import { cellBytes, CellStore, noCells, type Cell, type Cells } from './cells';

export interface DriveSpec {
  /** Stable identity (wwid). Default: made of the node's and the drive's number. */
  id?: string;
  model?: string;
  serial?: string;
  /** Default: 16 GiB. */
  sizeBytes?: number;
  sectorSize?: 512 | 4096;
  queues?: number;
  /** A cache that loses what was not flushed when the power goes. Default: none. */
  volatileWriteCache?: boolean;
  /** What is on it already, by cell. */
  contents?: Cells;
}

/**
 * One NVMe drive: what it holds, and how it fails. It outlives every kernel that uses it.
 *
 * A drive with a volatile cache acknowledges writes that a power cut undoes: of the cells written since the
 * last flush any subset may be lost.
 */
export class Drive {
  readonly id: string;
  readonly model: string;
  readonly serial: string;
  readonly sizeBytes: number;
  readonly sectorSize: number;
  readonly queues: number;
  readonly volatileWriteCache: boolean;

  private store = new CellStore();
  /** Of each cell that was written since the last flush: what survives if the cache is lost. */
  private readonly unflushed = new Map<number, Cell>();
  /** The drive says that it erased, and did not. */
  liesAboutErasing = false;
  private readonly unreadable = new Set<number>();
  private readonly unwritable = new Set<number>();
  private held: Bio[] | undefined;
  private inserted = true;

  constructor(spec: DriveSpec & { id: string }) {
    this.id = spec.id;
    this.model = spec.model ?? 'Simulated NVMe';
    this.serial = spec.serial ?? `SIM-${spec.id}`;
    this.sizeBytes = spec.sizeBytes ?? 16 * 1024 ** 3;
    this.sectorSize = spec.sectorSize ?? 512;
    this.queues = spec.queues ?? 8;
    this.volatileWriteCache = spec.volatileWriteCache ?? false;
    this.overwrite(spec.contents ?? noCells);
  }

  get cells(): number {
    return this.sizeBytes / cellBytes;
  }

  get present(): boolean {
    return this.inserted;
  }

  get hung(): boolean {
    return this.held !== undefined;
  }

  submit(bio: Bio): void {
    if (!this.inserted) return bio.end('path');
    if (this.held) return void this.held.push(bio);
    this.serve(bio);
  }

  /** What is on the medium now, cache included; '' for zeroes. No fault applies. */
  peek(cell: number): Cell {
    return this.store.get(cell);
  }

  peekRange(start: number, count: number): Cells {
    return this.store.read(start, count);
  }

  overwrite(contents: Cells): void {
    this.store = new CellStore();
    this.unflushed.clear();
    for (const [cell, value] of contents) this.store.set(cell, value);
  }

  /** From now on requests wait. */
  hang(): void {
    this.held ??= [];
  }

  unhang(): void {
    const held = this.held ?? [];
    this.held = undefined;
    for (const bio of held) this.submit(bio);
  }

  /** Takes the drive out: what waits in it fails, and an unflushed cache loses its power. */
  pull(random: Random): void {
    const held = this.held ?? [];
    this.inserted = false;
    if (this.held) this.held = [];
    this.losePower(random);
    for (const bio of held) bio.end('path');
  }

  insert(): void {
    this.inserted = true;
  }

  /** The cells cannot be read any more; unless `writes` fail as well, writing them mends them. */
  breakCells(start: number, count: number, { writes = false } = {}): void {
    for (let cell = start; cell < start + count; cell++) {
      this.unreadable.add(cell);
      if (writes) this.unwritable.add(cell);
    }
  }

  mendCells(): void {
    this.unreadable.clear();
    this.unwritable.clear();
  }

  /** Requests of the host that lost its power are gone; the cache keeps a cell where `random` says so. */
  losePower(random: Random): void {
    if (this.held) this.held = [];
    for (const [cell, durable] of this.unflushed) if (random() < 0.5) this.store.set(cell, durable);
    this.unflushed.clear();
  }

  private serve(bio: Bio): void {
    switch (bio.op) {
      case 'flush':
        this.unflushed.clear();
        return bio.end(undefined);
      case 'read':
        if (touches(this.unreadable, bio)) return bio.end('medium');
        return bio.end(undefined, this.store.read(bio.start, bio.count));
      case 'write':
        if (touches(this.unwritable, bio)) return bio.end('medium');
        this.write(bio);
        return bio.end(undefined);
    }
  }

  private write({ start, count, data }: Bio): void {
    if (this.liesAboutErasing && count > 1 && data!.size === 0) return;
    for (const cell of this.unreadable) if (cell >= start && cell < start + count) this.unreadable.delete(cell);
    if (!this.volatileWriteCache) return this.store.write(start, count, data!);
    this.store.write(start, count, data!, (cell, old) => {
      if (!this.unflushed.has(cell)) this.unflushed.set(cell, old);
    });
  }
}

function touches(cells: ReadonlySet<number>, { start, count }: Bio): boolean {
  for (const cell of cells) if (cell >= start && cell < start + count) return true;
  return false;
}
