import { seeded } from '../support/seeded';
import { bundle } from './bundle';
import { mutants } from './mutants';
import type { Mutant } from './mutants/mutant';
import { formatPlan } from './plan';
import { choose, type Record } from './plans';
import { Pool } from './pool';
import { say } from './report';
import { settings } from './settings';

/** Plans that a broken rule may survive before it counts as not missed. */
const patience = 60;

/** Runs each broken rule until something that must never be is seen. */
export async function huntMutants(records: readonly Record[]): Promise<{ count: number; killed: number }> {
  const chosen = mutants.filter(({ name }) => settings.mutants.test(name));
  let killed = 0;
  for (const mutant of chosen) {
    const found = await hunt(mutant, records);
    if (found !== undefined) killed++;
    say(`${found === undefined ? 'SURVIVES' : 'killed'}  ${mutant.name}${found === undefined ? '' : `: ${found}`}`);
  }
  return { count: chosen.length, killed };
}

async function hunt(mutant: Mutant, all: readonly Record[]): Promise<string | undefined> {
  const records = all.filter(({ scenario }) => mutant.scenarios.includes(scenario));
  const goals = new Map(records.map(({ scenario, end }) => [scenario, end]));
  const undisturbed = records.map(({ scenario }) => ({ scenario, faults: [] }));
  const plans = [...undisturbed, ...choose(records, patience, seeded(settings.seed), mutant.by)].values();
  const pool = new Pool(await bundle(mutant), settings.workers);
  let found: string | undefined;
  const work = async () => {
    for (const plan of plans) {
      if (found !== undefined) return;
      const { wrong } = await pool.run({ ...plan, goal: goals.get(plan.scenario)! });
      if (wrong.length > 0) found ??= `${formatPlan(plan)}: ${wrong[0]!.split('\n').slice(0, 2).join(' ')}`;
    }
  };
  await Promise.all(Array.from({ length: settings.workers }, work));
  pool.close();
  return found;
}
