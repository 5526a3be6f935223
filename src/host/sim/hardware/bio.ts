import type { Cell, Cells } from './cells';

/**
 * Why a request failed, as the block layer tells it.
 *
 * path    The device, or the way to it, is gone or refuses. What dm-multipath takes as the loss of a path.
 * medium  The device answered that it cannot. Passed up as it is.
 */
export type IoError = 'path' | 'medium';

/**
 * One request to a block device, as in the kernel: submitted, and at some time (perhaps at once, perhaps
 * never) ended.
 */
export interface Bio {
  readonly op: 'read' | 'write' | 'flush';
  /** First cell. */
  readonly start: number;
  /** Number of cells; a write replaces all of them. */
  readonly count: number;
  /** Of a write: what the range holds afterwards. */
  readonly data?: Cells;
  /** Called once, with the range's contents after a read. */
  readonly end: (error: IoError | undefined, data?: Cells) => void;
}

/** Anything that takes requests. */
export interface BlockTarget {
  submit(bio: Bio): void;
}

type Done = (error: IoError | undefined) => void;

export function readCell(target: BlockTarget, cell: number, done: (error: IoError | undefined, cell?: Cell) => void) {
  target.submit({ op: 'read', start: cell, count: 1, end: (error, data) => done(error, data?.get(0) ?? '') });
}

/** Writes one cell and makes it durable: flush, write, flush (what a metadata write with PREFLUSH|FUA does). */
export function writeDurably(target: BlockTarget, cell: number, value: Cell, done: Done): void {
  flush(target, (early) => {
    if (early) return done(early);
    writeCell(target, cell, value, (error) => (error ? done(error) : flush(target, done)));
  });
}

export function writeCell(target: BlockTarget, cell: number, value: Cell, done: Done): void {
  target.submit({ op: 'write', start: cell, count: 1, data: new Map([[0, value]]), end: done });
}

export function flush(target: BlockTarget, done: Done): void {
  target.submit({ op: 'flush', start: 0, count: 0, end: done });
}
