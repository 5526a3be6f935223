import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mutants } from './mutants';

const path = join(import.meta.dirname, '../../docs/guides/faults.md');

/** Rows of the guide that are not as the list of broken rules has them, and rows that it lacks. */
export function outdatedRows(): string[] {
  const rows = readFileSync(path, 'utf8').split('\n');
  const wanted = mutants.map(({ name, what, scenarios }) => `| ${name} | ${what} | ${scenarios.join(', ')} |`);
  const missing = wanted.filter((row) => !rows.some((line) => line.startsWith(row)));
  const known = new Set(mutants.map(({ name }) => name));
  const listed = rows
    .slice(rows.findIndex((line) => line.startsWith('| Name |')) + 2)
    .flatMap((line) => /^\| ([a-z-]+) \|/.exec(line)?.[1] ?? []);
  return [...missing, ...listed.filter((name) => !known.has(name)).map((name) => `${name} is not run any more`)];
}
