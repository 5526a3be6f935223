import type { Pass } from '../../../src/runtime/reconciler';
import { recordingLog, type Line } from '../runtime/quiet-log';

/** A pass of a reconciler, and what it logged. */
export function aPass(): Pass & { readonly lines: Line[]; stop(): void } {
  const { log, lines } = recordingLog();
  const shutdown = new AbortController();
  return { signal: shutdown.signal, log, lines, stop: () => shutdown.abort() };
}
