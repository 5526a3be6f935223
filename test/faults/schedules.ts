import fc from 'fast-check';
import type { Plan } from './plan';
import { singleFaults, type Record } from './plans';
import type { Pool } from './pool';
import { say, tell } from './report';
import { settings } from './settings';

/** Two or three things that go wrong in one scenario. */
const schedule = (records: readonly Record[]): fc.Arbitrary<Plan> =>
  fc.constantFrom(...records).chain((record) => {
    const fault = fc.constantFrom(...singleFaults(record));
    return fc.array(fault, { minLength: 2, maxLength: 3 }).map((faults) => ({ scenario: record.scenario, faults }));
  });

/** Random schedules, half of them in each worker; one that fails is told as small as it can be made. */
export async function runSchedules(pool: Pool, records: readonly Record[]) {
  const goals = new Map(records.map(({ scenario, end }) => [scenario, end]));
  let count = 0;
  const check = async (worker: number): Promise<number> => {
    const holds = fc.asyncProperty(schedule(records), async (plan) => {
      count++;
      const { wrong } = await pool.run({ ...plan, goal: goals.get(plan.scenario)! });
      return wrong.length === 0;
    });
    const numRuns = Math.ceil(settings.schedules / settings.workers);
    const seed = settings.seed * settings.workers + worker;
    const { failed, counterexample } = await fc.check(holds, { numRuns, seed, endOnFailure: false });
    if (!failed) return 0;
    const [plan] = counterexample!;
    const { wrong, trace } = await pool.run({ ...plan, goal: goals.get(plan.scenario)! });
    tell(plan, wrong, trace);
    return 1;
  };
  if (records.length === 0 || settings.schedules === 0) return { count: 0, violations: 0 };
  const failures = await Promise.all(Array.from({ length: settings.workers }, (_, worker) => check(worker)));
  const violations = failures.reduce((sum, each) => sum + each, 0);
  say(`${count} schedules of two or three faults`);
  return { count, violations };
}
