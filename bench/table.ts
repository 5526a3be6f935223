import { cpus, loadavg } from 'node:os';
import type { Figure } from './figure';

/** What was measured, for people; a missed target cannot be overlooked. */
export function printTable(figures: readonly Figure[], failed: readonly string[]): void {
  const rows = figures.map(({ name, value, unit, target, ok }) => [
    target === null ? '' : ok ? 'ok' : 'MISSED',
    name,
    `${value} ${unit}`,
    target ?? '',
  ]);
  const header = ['', 'FIGURE', 'VALUE', 'TARGET'];
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => row[column]!.length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd();
  console.log(`\n${[header, ...rows].map(line).join('\n')}\n`);
  const missed = figures.filter(({ ok }) => !ok).length;
  const withTarget = figures.filter(({ target }) => target !== null).length;
  console.log(
    `${withTarget - missed} of ${withTarget} targets met; ${machine()}; how each was measured: out/bench.json`,
  );
  if (failed.length > 0) console.log(`FAILED, nothing measured: ${failed.join(', ')}`);
}

/** Times depend on it, counts do not. */
const machine = (): string =>
  `Node ${process.versions.node}, ${cpus().length} cores, load average ${loadavg()[0]!.toFixed(1)}`;
