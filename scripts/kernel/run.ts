import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';

const started = Date.now();

/** A line for the person who waits, with the seconds since the start. */
export function progress(message: string): void {
  process.stderr.write(`[${((Date.now() - started) / 1000).toFixed(1).padStart(6)}s] ${message}\n`);
}

export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** A file that gets everything the program prints, as it comes. */
  log?: string;
}

/** Runs a program to its end and returns its standard output; throws with what it printed when it fails. */
export async function run(argv: readonly string[], { cwd, env, log }: RunOptions = {}): Promise<string> {
  const child = spawn(argv[0]!, argv.slice(1), {
    ...(cwd !== undefined && { cwd }),
    env: { ...process.env, LC_ALL: 'C', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = { stdout: [] as Buffer[], all: [] as Buffer[] };
  child.stdout.on('data', (data: Buffer) => printed.stdout.push(data));
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => printed.all.push(data));
  if (log !== undefined) {
    const file = createWriteStream(log);
    for (const stream of [child.stdout, child.stderr]) stream.pipe(file, { end: false });
    child.once('close', () => file.end());
  }
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) {
    const end = Buffer.concat(printed.all).toString().split('\n').slice(-30).join('\n');
    throw new Error(`${argv.join(' ')} ended with ${code}:\n${end}`);
  }
  return Buffer.concat(printed.stdout).toString();
}
