import { systemClock, type Clock } from '../clock';
import type { Authorization } from './connection';

/** As client-go: tokens of service accounts are rotated on disk well before they end. */
const rereadMs = 60_000;

/**
 * Asks `fetch` for the header at most once a minute, and again after a refusal. While a new fetch fails, the
 * last header goes on being used; a first fetch that fails is the caller's error.
 */
export function cachedAuthorization(
  fetch: () => Promise<string | undefined>,
  clock: Pick<Clock, 'now'> = systemClock,
): Authorization {
  let known: { header: string | undefined; until: number } | undefined;
  let fetching: Promise<string | undefined> | undefined;
  const refresh = async () => {
    try {
      known = { header: await fetch(), until: clock.now() + rereadMs };
    } catch (error) {
      if (!known) throw error;
      known.until = clock.now() + rereadMs;
    } finally {
      fetching = undefined;
    }
    return known.header;
  };
  return {
    header: () => {
      if (known && clock.now() < known.until) return known.header;
      return (fetching ??= refresh());
    },
    refused: () => {
      if (known) known.until = 0;
    },
  };
}
