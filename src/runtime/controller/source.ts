import type { KubeObject } from '../../api/meta';
import { keyOf, type Change, type Informer } from '../cache/informer';

/** Something whose changes make keys need work. */
export interface Source {
  /** Tells of keys from now on; returns how to stop. */
  start(enqueue: (key: string) => void): () => void;
  /** Resolves when everything that there was at start has been told. */
  whenSynced(): Promise<void>;
}

/**
 * The keys that a change of a watched object concerns (default: its own). An object that changed so that it
 * concerns other keys is told to both, old and new. `present` are the keys of all objects there are, for a cache in
 * which reading every object only to name its keys is dear.
 */
export function watched<T extends KubeObject>(
  informer: Pick<Informer<T>, 'onChange' | 'onLaterChange' | 'whenSynced'>,
  keysOf: (object: T) => Iterable<string> = (object) => [keyOf(object)],
  present?: () => Iterable<string>,
): Source {
  return {
    start(enqueue) {
      const told = ({ before, now }: Change<T>) => {
        if (before) for (const key of keysOf(before)) enqueue(key);
        if (now) for (const key of keysOf(now)) enqueue(key);
      };
      if (!present) return informer.onChange(told);
      const stop = informer.onLaterChange(told);
      for (const key of present()) enqueue(key);
      return stop;
    },
    whenSynced: () => informer.whenSynced(),
  };
}
