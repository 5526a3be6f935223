import type { Bio } from '../../hardware/bio';
import type { KernelContext } from '../context';
import { KernelDevice } from '../device';

const dmMajor = 253;

/** Who claims what a map is made over. All maps claim as one, so two maps may share a device. */
export const dmHolder = 'device-mapper';

/**
 * A device-mapper device. While it is suspended, requests wait in it, however long that takes; requests that
 * were passed on before are waited for.
 */
export abstract class DmDevice extends KernelDevice {
  private deferred: Bio[] = [];
  private below = 0;
  private quiet: (() => void)[] = [];
  protected held = false;

  constructor(
    protected readonly context: KernelContext,
    name: string,
    readonly uuid: string,
  ) {
    super(name, `${dmMajor}:${context.nextNumber()}`);
  }

  /** Passes a request to the table's target. Every request ends in `passed`. */
  protected abstract map(bio: Bio): void;

  /** Requests wait here, and none is below. */
  get suspended(): boolean {
    return this.held && this.below === 0;
  }

  submit(bio: Bio): void {
    if (this.held) return void this.deferred.push(bio);
    if (bio.start + bio.count > this.cells) return bio.end('path');
    this.map(bio);
  }

  protected entered(): void {
    this.below++;
  }

  protected left(): void {
    this.below--;
    if (this.below === 0) for (const quiet of this.quiet.splice(0)) quiet();
  }

  /**
   * Holds requests, and calls back once none is below any more. The function returned gives up waiting and
   * lets requests pass again, as a dmsetup that is killed while it waits does.
   */
  hold(done: () => void): () => void {
    this.held = true;
    if (this.below === 0) {
      done();
      return () => undefined;
    }
    this.quiet.push(done);
    return () => {
      const index = this.quiet.indexOf(done);
      if (index < 0) return;
      this.quiet.splice(index, 1);
      if (this.quiet.length === 0) this.letGo();
    };
  }

  letGo(): void {
    this.held = false;
    for (const bio of this.deferred.splice(0)) this.submit(bio);
  }

  protected changed(): void {
    this.context.notify({ subject: 'dm', uuid: this.uuid });
  }
}
