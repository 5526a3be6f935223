import { holdProcess } from '../runtime/clock';

/** What a shell calls the exit of somebody whom Ctrl-C ended. */
const interruptedCode = 130;

/**
 * Runs until SIGTERM, SIGINT or SIGHUP, or until nobody reads the output any more, then waits for an orderly end; a
 * second signal does not wait. Exits with the reason on standard error when `run` rejects: with 130 when that is
 * because it was told to end, else with 1.
 */
export async function runUntilSignal(run: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const end = new AbortController();
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      end.abort(new Error('nobody reads the output any more'));
    });
  }
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (end.signal.aborted) process.exit(1);
      end.abort(new Error(name));
    });
  }
  const release = holdProcess();
  try {
    await run(end.signal);
    process.exitCode = 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = end.signal.aborted ? interruptedCode : 1;
  } finally {
    release();
  }
  process.exit();
}
