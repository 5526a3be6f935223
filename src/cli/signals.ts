import { holdProcess } from '../runtime/clock';

/**
 * Runs until SIGTERM or SIGINT, then waits for an orderly end; a second signal does not wait. Exits with 1,
 * and the reason on standard error, when `run` rejects.
 */
export async function runUntilSignal(run: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const end = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
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
    process.exitCode = 1;
  } finally {
    release();
  }
  process.exit();
}
