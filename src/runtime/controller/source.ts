import type { KubeObject } from '../../api/meta';
import { keyOf, type Informer } from '../cache/informer';

/** Something whose changes make keys need work. */
export interface Source {
  /** Tells of keys from now on; returns how to stop. */
  start(enqueue: (key: string) => void): () => void;
  /** Resolves when everything that there was at start has been told. */
  whenSynced(): Promise<void>;
}

/**
 * The keys that a change of a watched object concerns (default: its own). An object that changed so that it
 * concerns other keys is told to both, old and new.
 */
export function watched<T extends KubeObject>(
  informer: Pick<Informer<T>, 'onChange' | 'whenSynced'>,
  keysOf: (object: T) => Iterable<string> = (object) => [keyOf(object)],
): Source {
  return {
    start: (enqueue) =>
      informer.onChange(({ before, now }) => {
        if (before) for (const key of keysOf(before)) enqueue(key);
        if (now) for (const key of keysOf(now)) enqueue(key);
      }),
    whenSynced: () => informer.whenSynced(),
  };
}
