/**
 * How long a node may be silent before it counts as dead, and a drive's report before nothing is placed by it. Leases
 * are renewed every 10 s and drives reported every 20 s, so that more than one in a row has failed to come.
 */
export const silenceLimitMs = 60_000;

/** The first moment that is silence, when nothing is heard after `heardAt`. Both in milliseconds, of one clock. */
export const silentFrom = (heardAt: number): number => heardAt + silenceLimitMs + 1;

/** Who was never heard (NaN) is silent. */
export const isSilent = (heardAt: number, now: number): boolean => !(now < silentFrom(heardAt));
