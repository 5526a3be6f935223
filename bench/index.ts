/**
 * Runs the benchmarks, one after the other, each in a process of its own; prints a table and writes
 * out/bench.json. Ends with 1 when a benchmark could not measure, never for a target that was missed.
 *
 *   npx tsx bench/index.ts [--only PATTERN]
 */
import { fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Figure } from './figure';
import type { Suite } from './suite';
import { suites } from './suites';
import { printTable } from './table';

type Message = { readonly progress: string } | { readonly figures: readonly Figure[] };

const out = join(import.meta.dirname, '../out/bench.json');

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { only: { type: 'string' }, child: { type: 'string' } } });
  if (values.child) return measureHere(values.child);
  const pattern = new RegExp(values.only ?? '');
  const chosen = suites.filter(({ name }) => pattern.test(name));
  if (chosen.length === 0)
    throw new Error(`--only ${values.only}: there are ${suites.map(({ name }) => name).join(', ')}`);
  const figures: Figure[] = [];
  const failed: string[] = [];
  for (const suite of chosen) {
    try {
      figures.push(...(await measure(suite)));
    } catch (error) {
      failed.push(suite.name);
      say(suite.name, `failed: ${(error as Error).message}`);
    }
  }
  mkdirSync(join(out, '..'), { recursive: true });
  writeFileSync(out, `${JSON.stringify(figures, undefined, 2)}\n`);
  printTable(figures, failed);
  process.exitCode = failed.length > 0 ? 1 : 0;
}

/** A fresh heap and event loop for each suite, and an end to whatever it leaves running. */
function measure({ name }: Suite): Promise<readonly Figure[]> {
  say(name, 'started');
  return new Promise((resolve, reject) => {
    const child = fork(import.meta.filename, ['--child', name], { execArgv: process.execArgv });
    let figures: readonly Figure[] | undefined;
    child.on('message', (message: Message) => {
      if ('progress' in message) say(name, message.progress);
      else figures = message.figures;
    });
    child.on('exit', (code, signal) => {
      if (figures && code === 0) resolve(figures);
      else reject(new Error(`it ended with ${signal ?? code}, see above`));
    });
  });
}

async function measureHere(name: string): Promise<void> {
  const send = (message: Message) => new Promise<void>((resolve) => process.send!(message, () => resolve()));
  const suite = suites.find((one) => one.name === name)!;
  await send({ figures: await suite.run((progress) => void send({ progress })) });
  process.exit(0);
}

const started = performance.now();
const say = (suite: string, what: string) =>
  console.log(`${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${suite}: ${what}`);

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
