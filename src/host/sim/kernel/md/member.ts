import type { Bio, BlockTarget } from '../../hardware/bio';
import type { KernelDevice } from '../device';

export const mdHolder = 'md';

/** A device in an array. */
export class MdMember implements BlockTarget {
  state: 'inSync' | 'recovering' | 'spare' | 'faulty' = 'spare';
  role = -1;
  /** Role it had when it left; it is brought up to date by the bitmap if it gets that one again. */
  savedRole = -1;
  /** Up to where it is good while it is being rebuilt, in cells. */
  recoveryOffset = 0;
  /** To be left for a copy: the next spare that has no role to fill becomes that copy. Memory only. */
  wantsReplacement = false;
  /** The copy of the member in the same role, until it is complete or that one is gone. */
  isReplacement = false;

  constructor(
    readonly device: KernelDevice,
    readonly uuid: string,
    readonly dataOffset: number,
    /** Read from only when nothing else is left. */
    public writeMostly: boolean,
  ) {}

  /** Requests that it has not answered. */
  private pending = 0;
  private free: (() => void)[] = [];

  submit(bio: Bio): void {
    this.pending++;
    const end: Bio['end'] = (error, data) => {
      this.pending--;
      bio.end(error, data);
      if (this.pending === 0) for (const tell of this.free.splice(0)) tell();
    };
    this.device.submit({ ...bio, end });
  }

  /** Until its last request has come back, md does not let go of it. */
  get busy(): boolean {
    return this.pending > 0;
  }

  /** Calls back once nothing is under way; the function returned gives up. */
  whenFree(done: () => void): () => void {
    if (!this.busy) done();
    else this.free.push(done);
    return () => (this.free = this.free.filter((other) => other !== done));
  }

  /** Whether writes go to it. */
  get active(): boolean {
    return this.state === 'inSync' || this.state === 'recovering';
  }
}
