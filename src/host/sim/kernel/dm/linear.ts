import type { Bio } from '../../hardware/bio';
import type { KernelContext } from '../context';
import type { KernelDevice } from '../device';
import { DmDevice, dmHolder } from './device';

/** A linear map over the whole of another device: what a volume's users open. */
export class LinearDevice extends DmDevice {
  private target: KernelDevice;
  private size: number;

  constructor(context: KernelContext, name: string, uuid: string, target: KernelDevice) {
    super(context, name, uuid);
    target.claim(dmHolder);
    this.target = target;
    this.size = target.cells;
  }

  get cells(): number {
    return this.size;
  }

  get sectorSize(): number {
    return this.target.sectorSize;
  }

  get over(): KernelDevice {
    return this.target;
  }

  /** dmsetup suspend. Gives up when the function returned is called. */
  suspend(done: () => void): () => void {
    return this.hold(() => {
      this.changed();
      done();
    });
  }

  /** dmsetup resume. */
  resume(): void {
    if (!this.held) return;
    this.letGo();
    this.changed();
  }

  /** dmsetup load, and the switch to it: of a device that is suspended, or of one at rest. */
  reload(target: KernelDevice, done: () => void): () => void {
    const stays = this.held;
    const swap = () => {
      target.claim(dmHolder);
      this.target.release();
      this.target = target;
      this.size = target.cells;
      if (!stays) this.letGo();
      this.changed();
      done();
    };
    if (!stays) return this.hold(swap);
    swap();
    return () => undefined;
  }

  /** dmsetup remove. */
  remove(): void {
    this.requireUnused();
    if (this.held) this.letGo();
    this.target.release();
  }

  protected map(bio: Bio): void {
    this.entered();
    this.target.submit({
      op: bio.op,
      start: bio.start,
      count: bio.count,
      data: bio.data,
      end: (error, data) => {
        bio.end(error, data);
        this.left();
      },
    });
  }
}
