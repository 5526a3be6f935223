import type { Fault } from './plan';
import type { Record } from './plans';
import { run } from './run';
import { scenarioOf } from './scenarios';

/** What a worker is asked to run, one at a time. */
export interface Job {
  readonly scenario: string;
  readonly faults: readonly Fault[];
  /** Where it ends without faults; undefined: it is to be found out. */
  readonly goal?: string;
}

export interface Report {
  readonly wrong: readonly string[];
  readonly struck: boolean;
  readonly cpuMs: number;
  /** Of a run without faults. */
  readonly record: Record;
  readonly trace: readonly string[];
}

// Errors are thrown by the thousand here, and nobody reads where.
Error.stackTraceLimit = 0;

process.on('message', (job: Job) => void work(job));

async function work({ scenario, faults, goal }: Job): Promise<void> {
  const before = process.cpuUsage();
  const { outcome, striker } = await run(scenarioOf(scenario), faults, goal);
  const { user, system } = process.cpuUsage(before);
  const { calls, changes } = striker.reached;
  const report: Report = {
    wrong: outcome.wrong,
    struck: outcome.struck,
    cpuMs: (user + system) / 1000,
    record: {
      scenario,
      ...{ calls: striker.calls.slice(0, calls), changes, processes: outcome.processes, end: outcome.end },
    },
    trace: outcome.wrong.length > 0 ? striker.trace : [],
  };
  process.send!(report);
}

process.on('disconnect', () => process.exit());
