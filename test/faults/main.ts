/**
 * The suite of faults: everything that MeshStor's processes do in some scenarios goes wrong once, in each way there
 * is; then several things at once; then its own rules are broken, and have to be missed.
 *
 *   npx tsx test/faults/main.ts          settings.ts says what can be set
 */
import { seeded } from '../support/seeded';
import { bundle } from './bundle';
import { outdatedRows } from './guide';
import { huntMutants } from './hunt';
import { parsePlan } from './plan';
import { choose, singleFaults, type Record } from './plans';
import { Pool } from './pool';
import { say, tell, replay } from './report';
import { scenarios } from './scenarios';
import { settings } from './settings';
import { runSchedules } from './schedules';

async function main(): Promise<void> {
  const pool = new Pool(await bundle(), settings.workers);
  try {
    if (settings.plan) return await replay(pool, parsePlan(settings.plan));
    await runAll(pool);
  } finally {
    pool.close();
  }
}

async function runAll(pool: Pool): Promise<void> {
  const records = await Promise.all(scenarios.map(({ name }) => recordOf(pool, name)));
  const sound = records.filter((record) => record !== undefined);
  const chosen = sound.filter(({ scenario }) => settings.only.test(scenario));
  let violations = records.length - sound.length;
  const singles = await runPlans(pool, chosen);
  const schedules = await runSchedules(pool, chosen);
  const hunt = await huntMutants(sound);
  violations += singles.violations + schedules.violations;
  const outdated = outdatedRows();
  if (outdated.length > 0) say(`docs/guides/faults.md does not have these rows:\n${outdated.join('\n')}`);
  say(
    `faults: ${singles.count} plans, ${schedules.count} schedules, ${violations} violations, ` +
      `${hunt.killed} of ${hunt.count} mutants killed`,
  );
  process.exitCode = violations > 0 || hunt.killed < hunt.count || outdated.length > 0 ? 1 : 0;
}

/** What a scenario does without faults, of which nothing may be wrong either. */
async function recordOf(pool: Pool, scenario: string): Promise<Record | undefined> {
  const { wrong, record, trace } = await pool.run({ scenario, faults: [] });
  if (wrong.length === 0) return record;
  tell({ scenario, faults: [] }, wrong, trace);
  return undefined;
}

async function runPlans(pool: Pool, records: readonly Record[]): Promise<{ count: number; violations: number }> {
  const all = records.reduce((sum, record) => sum + singleFaults(record).length, 0);
  const plans = choose(records, settings.plans, seeded(settings.seed));
  const goals = new Map(records.map(({ scenario, end }) => [scenario, end]));
  const began = Date.now();
  let [count, violations, cpuMs, missed] = [0, 0, 0, 0];
  const next = plans.values();
  const work = async () => {
    for (const plan of next) {
      if (Date.now() - began > settings.seconds * 1000) return;
      const { wrong, cpuMs: cost, struck, trace } = await pool.run({ ...plan, goal: goals.get(plan.scenario)! });
      count++;
      cpuMs += cost;
      if (!struck) missed++;
      if (wrong.length === 0) continue;
      violations++;
      tell(plan, wrong, trace);
    }
  };
  await Promise.all(Array.from({ length: settings.workers }, work));
  const seconds = ((Date.now() - began) / 1000).toFixed(0);
  say(
    `${count} of ${all} single faults in ${records.length} scenarios, ${seconds} s, ` +
      `${(cpuMs / Math.max(1, count)).toFixed(0)} ms of CPU each, ${missed} not reached`,
  );
  return { count, violations };
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
void main();
