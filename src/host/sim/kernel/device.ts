import type { Bio, BlockTarget } from '../hardware/bio';
import { KernelError } from './errno';

/**
 * A block device of the running kernel. Its name and number are good until it goes; what comes back is another
 * device with another number.
 */
export abstract class KernelDevice implements BlockTarget {
  /** Open file descriptors. */
  openers = 0;
  private holder: string | undefined;
  private claims = 0;

  constructor(
    readonly name: string,
    /** major:minor. */
    readonly number: string,
  ) {}

  abstract readonly cells: number;
  abstract readonly sectorSize: number;
  abstract submit(bio: Bio): void;

  /** False once the kernel has taken the device away; requests to it fail. */
  get alive(): boolean {
    return true;
  }

  /** Who claims it exclusively (md, dm, a mount, its partitions). nvmet claims nothing. */
  get heldBy(): string | undefined {
    return this.holder;
  }

  /** As with bdev claims, one kind of holder may claim it more than once; another kind is refused. */
  claim(holder: string): void {
    if (this.holder !== undefined && this.holder !== holder) {
      throw new KernelError('EBUSY', `${this.name} is in use by ${this.holder}`);
    }
    this.holder = holder;
    this.claims++;
  }

  release(): void {
    if (--this.claims === 0) this.holder = undefined;
  }

  /** EBUSY for whoever wants to take the device away. */
  requireUnused(): void {
    if (this.holder !== undefined) throw new KernelError('EBUSY', `${this.name} is in use by ${this.holder}`);
    if (this.openers > 0) throw new KernelError('EBUSY', `${this.name} is open`);
  }
}
