import type { KernelDevice } from '../device';

export const mdHolder = 'md';

/** A device in an array. */
export class MdMember {
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

  /** Whether writes go to it. */
  get active(): boolean {
    return this.state === 'inSync' || this.state === 'recovering';
  }
}
