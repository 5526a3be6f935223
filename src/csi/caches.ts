import type { MeshStorPartition, MeshStorVolume } from '../api/model';
import type { Lister } from '../runtime/lister';

/** Indexes the CSI services ask the caches for. */
export const indexes = {
  /** On mspart: spec.volumeName. */
  partitionsByVolume: 'volume',
  /** On msnd: spec.node. */
  devicesByNode: 'node',
} as const;

/** Volumes and their partitions as last seen by watching. */
export interface VolumeCaches {
  readonly volumes: Lister<MeshStorVolume>;
  readonly partitions: Lister<MeshStorPartition>;
  readonly changes: Changes;
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
