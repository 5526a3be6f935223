import { writeDurably } from '../../hardware/bio';
import type { MdArray } from './array';
import { superblockCell } from './superblock';

/**
 * Writes an array's superblocks, to all members at once, one round after the other. What depends on a state
 * being on the disks waits for the round that carries it, and so for the slowest member.
 */
export class MetadataWriter {
  private stale = false;
  private running = false;
  private failed = false;
  private current: (() => void)[] = [];
  private next: (() => void)[] = [];

  constructor(private readonly array: MdArray) {}

  /** The state changed. It is written with the next round that somebody waits for. */
  touch(): void {
    this.stale = true;
  }

  /** The state changed, and is to be written soon; nothing is written before the array's first write. */
  update(): void {
    this.stale = true;
    if (!this.running && !this.array.autoRead) this.round();
  }

  /** Calls back once the present state is on all members that the array still has. */
  settle(done: () => void): void {
    if (!this.stale && !this.running) return done();
    (this.stale ? this.next : this.current).push(done);
    if (!this.running) this.round();
  }

  private round(): void {
    this.running = true;
    this.stale = false;
    this.failed = false;
    this.current.push(...this.next.splice(0));
    const members = this.array.members.filter(({ state }) => state !== 'faulty');
    let left = members.length + 1;
    const ended = () => {
      if (--left === 0) this.finish();
    };
    for (const member of members) {
      writeDurably(member, superblockCell, this.array.superblockOf(member), (error) => {
        if (error && this.array.fail(member)) this.failed = true;
        ended();
      });
    }
    ended();
  }

  /** A member that could not be written is out: the others have to know before anybody goes on. */
  private finish(): void {
    if (this.failed) return this.round();
    this.running = false;
    for (const done of this.current.splice(0)) done();
    if (!this.running && (this.stale || this.next.length > 0)) this.round();
  }
}
