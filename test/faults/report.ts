import { mkdirSync, writeFileSync } from 'node:fs';
import { formatPlan, type Plan } from './plan';
import type { Pool } from './pool';

const folder = 'out/faults';

export const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** What must never be, how to see it again, and what happened; all of it in a file. */
export function tell(plan: Plan, wrong: readonly string[], trace: readonly string[]): void {
  const line = formatPlan(plan);
  const words = wrong.map((text) => `  ${text.replaceAll('\n', '\n  ')}`).join('\n');
  mkdirSync(folder, { recursive: true });
  const file = `${folder}/${line.replaceAll(/[^a-z0-9]+/g, '-').slice(0, 120)}.txt`;
  writeFileSync(file, `${[line, ...wrong, ...trace].join('\n')}\n`);
  say(`\nVIOLATION  make test-faults PLAN='${line}'   (trace: ${file})\n${words}`);
}

/** Runs one plan again and prints everything that happened. */
export async function replay(pool: Pool, plan: Plan): Promise<void> {
  const { record } = await pool.run({ scenario: plan.scenario, faults: [] });
  const { wrong, trace, struck } = await pool.run({ ...plan, goal: record.end });
  for (const line of trace) say(line);
  if (!struck) say('not every fault of the plan was reached');
  if (wrong.length > 0) tell(plan, wrong, trace);
  say(`faults: 1 plan, ${wrong.length > 0 ? 1 : 0} violations`);
  process.exitCode = wrong.length > 0 ? 1 : 0;
}
