import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';

const started = Date.now();

/** A line for the person who waits, with the seconds since the start. */
export function progress(message: string): void {
  process.stderr.write(`[${((Date.now() - started) / 1000).toFixed(1).padStart(6)}s] ${message}\n`);
}

export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Gets everything the program prints; its end is shown when the program fails. */
  log?: string;
}

/** Runs a program to its end and returns its standard output; throws with what it printed when it fails. */
export async function run(argv: readonly string[], { cwd, env, log }: RunOptions = {}): Promise<string> {
  const child = spawn(argv[0]!, argv.slice(1), {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, LC_ALL: 'C', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out: Buffer[] = [];
  const all: Buffer[] = [];
  const file = log === undefined ? undefined : createWriteStream(log, { flags: 'a' });
  child.stdout.on('data', (data: Buffer) => (file ? file.write(data) : out.push(data), file ?? all.push(data)));
  child.stderr.on('data', (data: Buffer) => (file ? file.write(data) : all.push(data)));
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  if (file) await new Promise((resolve) => file.end(resolve));
  if (code !== 0) {
    const said = log === undefined ? Buffer.concat(all).toString() : await readFile(log, 'utf8');
    throw new Error(`${argv.join(' ')} ended with ${code}:\n${said.split('\n').slice(-30).join('\n')}`);
  }
  return Buffer.concat(out).toString();
}
