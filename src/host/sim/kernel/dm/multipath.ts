import type { Bio } from '../../hardware/bio';
import type { KernelContext } from '../context';
import type { KernelDevice } from '../device';
import { KernelError, type Done } from '../errno';
import { DmDevice, dmHolder } from './device';

/**
 * A multipath map with one path: table `multipath 3 queue_if_no_path queue_mode bio`. The error of a path fails
 * it and sends the request into the queue; nothing brings a failed path back by itself (no multipathd runs).
 */
export class MultipathDevice extends DmDevice {
  readonly cells: number;
  readonly sectorSize: number;
  /** Undefined under an error table. */
  private device: KernelDevice | undefined;
  private failed = false;
  private queueIfNoPath = true;
  private queue: Bio[] = [];

  constructor(context: KernelContext, name: string, uuid: string, device: KernelDevice) {
    super(context, name, uuid);
    device.claim(dmHolder);
    this.device = device;
    this.cells = device.cells;
    this.sectorSize = device.sectorSize;
  }

  /** The device of a path that works; a path that nobody has used since it was lost still counts. */
  get path(): KernelDevice | undefined {
    return this.failed || !this.device?.alive ? undefined : this.device;
  }

  /** What the map is made over, whether it works or not. */
  get lower(): KernelDevice | undefined {
    return this.device;
  }

  get queueing(): boolean {
    return this.queueIfNoPath;
  }

  /** dmsetup message: queue_if_no_path, fail_if_no_path. */
  setQueueing(queueing: boolean): void {
    this.queueIfNoPath = queueing;
    if (!queueing) for (const bio of this.queue.splice(0)) bio.end('path');
    this.changed();
  }

  /**
   * dmsetup load, suspend --noflush --nolockfs, resume. Waits for requests that the present path has not
   * answered; the function returned gives up.
   */
  reload(device: KernelDevice, done: Done): () => void {
    if (device.cells !== this.cells) {
      done(new KernelError('EINVAL', `${device.name} is not of the size of ${this.name}`));
      return () => undefined;
    }
    device.claim(dmHolder);
    let swapped = false;
    const giveUp = this.hold(() => {
      swapped = true;
      this.swap(device);
      done(undefined);
    });
    return () => {
      if (!swapped) device.release();
      giveUp();
    };
  }

  /** The same with an error table: whatever waits or comes fails, and nothing reaches the device any more. */
  loadError(done: Done): () => void {
    return this.hold(() => {
      this.swap(undefined);
      done(undefined);
    });
  }

  /** dmsetup remove. */
  remove(): void {
    this.requireUnused();
    this.device?.release();
  }

  protected map(bio: Bio): void {
    const { device } = this;
    if (!device || this.failed) return this.park(bio);
    this.entered();
    device.submit({
      op: bio.op,
      start: bio.start,
      count: bio.count,
      data: bio.data,
      end: (error, data) => {
        if (error !== 'path') bio.end(error, data);
        else {
          if (device === this.device) this.failPath();
          this.park(bio);
        }
        this.left();
      },
    });
  }

  private swap(device: KernelDevice | undefined): void {
    this.device?.release();
    this.device = device;
    this.failed = false;
    this.queueIfNoPath = device !== undefined;
    // What was queued goes first: it is older than what came during the suspension.
    for (const bio of this.queue.splice(0)) this.map(bio);
    this.letGo();
    this.changed();
  }

  private park(bio: Bio): void {
    if (this.queueIfNoPath) this.queue.push(bio);
    else bio.end('path');
  }

  private failPath(): void {
    if (this.failed) return;
    this.failed = true;
    this.changed();
  }
}
