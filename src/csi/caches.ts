import type { MeshStorPartition, MeshStorVolume } from '../api/model';
import type { Lister } from '../runtime/lister';
import { CsiError } from './status';

/** A Lister that may say that it does not hold everything yet. */
export interface Cache<T> extends Lister<T> {
  readonly hasSynced?: boolean;
}

/** Throws UNAVAILABLE before the cache holds everything: a part of a list would be taken for all there is. */
export function whole<T>(cache: Cache<T>): T[] {
  if (cache.hasSynced === false) throw unfilled();
  return cache.list();
}

export const unfilled = (): CsiError => new CsiError('UNAVAILABLE', 'the caches of this process are not filled yet');

/** Volumes as last seen by watching, and a way to wait for what is seen next. */
export interface VolumeCache {
  readonly volumes: Cache<MeshStorVolume>;
  readonly changes: Changes;
}

export interface VolumeCaches extends VolumeCache {
  readonly partitions: Lister<MeshStorPartition>;
}

/**
 * The volume as cached, once the cache has caught up with this version of it; undefined before. What a cache
 * showed earlier may be about an attachment or a release of before.
 */
export function since(volumes: Lister<MeshStorVolume>, { metadata }: MeshStorVolume): MeshStorVolume | undefined {
  const seen = volumes.get(metadata.name);
  return seen && isSince(seen, metadata) ? seen : undefined;
}

/** Generations count changes of the spec: status is not older than the spec it is compared with. */
export function isSince({ metadata }: MeshStorVolume, { uid, generation = 0 }: MeshStorVolume['metadata']): boolean {
  return metadata.uid === uid && (metadata.generation ?? 0) >= generation;
}

/** A Cache that tells of changes, as an informer does: after it shows them. */
export interface Watched<T> extends Cache<T> {
  onChange(handler: (change: { readonly before?: T; readonly now?: T }) => void): () => void;
}

export function watchVolumes(volumes: Watched<MeshStorVolume>): VolumeCache {
  const changes = new Changes();
  volumes.onChange(({ before, now }) => changes.changed((now ?? before)!.metadata.name));
  return { volumes, changes };
}

/** A partition's change counts as one of its volume. `partitions` has the index byVolumeName. */
export function watchAll(volumes: Watched<MeshStorVolume>, partitions: Watched<MeshStorPartition>): VolumeCaches {
  const cache = watchVolumes(volumes);
  partitions.onChange(({ before, now }) => cache.changes.changed((now ?? before)!.spec.volumeName));
  return { ...cache, partitions };
}

/** Tells those who wait on a volume that it, or one of its partitions, changed in the caches. */
export class Changes {
  private readonly subscribers = new Map<string, Set<() => void>>();

  /** To be called after the cache shows the change. */
  changed(volume: string): void {
    for (const callback of [...(this.subscribers.get(volume) ?? [])]) callback();
  }

  /** Returns how to stop. */
  subscribe(volume: string, callback: () => void): () => void {
    const callbacks = this.subscribers.get(volume) ?? new Set();
    this.subscribers.set(volume, callbacks.add(callback));
    return () => {
      callbacks.delete(callback);
      if (callbacks.size === 0) this.subscribers.delete(volume);
    };
  }
}
