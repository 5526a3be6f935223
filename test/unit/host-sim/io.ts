import type { Cell, Cells } from '../../../src/host/sim';
import type { Bio, BlockTarget } from '../../../src/host/sim/hardware/bio';

/** One request to a device of the simulated kernel, and what became of it so far. */
export class Request {
  state: 'waiting' | 'done' | 'path' | 'medium' = 'waiting';
  data: Cells | undefined;

  constructor(target: BlockTarget, bio: Omit<Bio, 'end'>) {
    target.submit({
      ...bio,
      end: (error, data) => {
        if (this.state !== 'waiting') throw new Error('a request was ended twice');
        this.state = error ?? 'done';
        this.data = data;
      },
    });
  }

  /** Of a read of one cell. */
  get cell(): Cell {
    return this.data?.get(0) ?? '';
  }
}

export const write = (target: BlockTarget, cell: number, value: Cell): Request =>
  new Request(target, { op: 'write', start: cell, count: 1, data: new Map([[0, value]]) });

export const read = (target: BlockTarget, cell: number): Request =>
  new Request(target, { op: 'read', start: cell, count: 1 });

export const flush = (target: BlockTarget): Request => new Request(target, { op: 'flush', start: 0, count: 0 });
