import type { MeshStorVolume } from '../api/model';
import { volumes } from '../api/resources';
import { ApiError, isAlreadyExists, isConflict, isNotFound, type KubeClient } from '../runtime/kube/client';
import { CsiError } from './status';

const options = { fieldManager: 'meshstor-csi' };

/** Compare-and-swaps that lost in a row before the caller is told to retry: status is written in bursts. */
const maxAttempts = 16;

/**
 * The volumes in the API server, read and written past the caches. Where the server did not answer, every
 * method throws UNAVAILABLE: the write may or may not have happened, and the caller repeats.
 */
export class VolumeStore {
  constructor(private readonly kube: KubeClient) {}

  read(name: string): Promise<MeshStorVolume | undefined> {
    return reached(this.kube.get(volumes, name));
  }

  /** Undefined when there is one of that name already. */
  async create(volume: MeshStorVolume): Promise<MeshStorVolume | undefined> {
    try {
      return await reached(this.kube.create(volumes, volume, options));
    } catch (error) {
      if (isAlreadyExists(error)) return undefined;
      throw error;
    }
  }

  /**
   * Changes the spec by compare-and-swap: `decide` sees the volume and gives a merge patch of its spec, or
   * undefined when nothing is to be changed. It is asked again when somebody else was faster.
   * Returns the volume as it then is; undefined when there is none.
   */
  async change(
    name: string,
    decide: (seen: MeshStorVolume) => object | undefined,
  ): Promise<MeshStorVolume | undefined> {
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const seen = await this.read(name);
      const spec = seen && decide(seen);
      if (!seen || !spec) return seen;
      const written = await this.swap(seen, spec);
      if (written) return written;
    }
    throw new CsiError('ABORTED', `volume ${name} is being changed by others all the time`);
  }

  /** Deletes exactly the version given. False when it is not that any more. */
  async delete({ metadata: { name, uid, resourceVersion } }: MeshStorVolume): Promise<boolean> {
    return this.attempt(this.kube.delete(volumes, name, { uid, resourceVersion })).then((done) => done !== undefined);
  }

  private async swap({ metadata }: MeshStorVolume, spec: object): Promise<MeshStorVolume | undefined> {
    const { name, uid, resourceVersion } = metadata;
    const written = await this.attempt(
      this.kube.patch(volumes, name, { metadata: { uid, resourceVersion }, spec }, options),
    );
    return written?.result;
  }

  /** Undefined when the object is gone or not the one the write was meant for. */
  private async attempt<T>(write: Promise<T>): Promise<{ result: T } | undefined> {
    try {
      return { result: await reached(write) };
    } catch (error) {
      if (isConflict(error) || isNotFound(error)) return undefined;
      throw error;
    }
  }
}

/** Everything but an ApiError means that the server did not answer (the client's contract). */
export async function reached<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof ApiError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new CsiError('UNAVAILABLE', `the API server did not answer: ${why}`, { cause: error });
  }
}
