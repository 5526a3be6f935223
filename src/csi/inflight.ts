import { CsiError } from './status';

/** At most one operation per volume at a time, as the CSI lets a plugin ask for; the others are told to retry. */
export class Inflight {
  private readonly volumes = new Set<string>();

  /** Throws ABORTED at once when an operation on the volume is in progress. */
  async run<T>(volume: string, operation: () => Promise<T>): Promise<T> {
    if (this.volumes.has(volume)) throw new CsiError('ABORTED', `an operation on volume ${volume} is in progress`);
    this.volumes.add(volume);
    try {
      return await operation();
    } finally {
      this.volumes.delete(volume);
    }
  }
}
