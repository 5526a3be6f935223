const { SEED, PLANS, SCHEDULES, BUDGET, ONLY, MUTANTS, PLAN, WORKERS } = process.env;

export const settings = {
  seed: Number(SEED ?? 1),
  /** At most so many plans of one fault, and so long for them. */
  plans: Number(PLANS ?? 5_000),
  seconds: Number(BUDGET ?? 300),
  schedules: Number(SCHEDULES ?? 200),
  workers: Number(WORKERS ?? 2),
  /** Names of scenarios. */
  only: new RegExp(ONLY ?? ''),
  /** Names of broken rules. */
  mutants: new RegExp(MUTANTS ?? ''),
  plan: PLAN || undefined,
} as const;
