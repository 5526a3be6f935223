import { callFaults, formatFault, newsFaults, type CallFault, type Fault, type Plan } from './plan';
import type { Site } from './striker';

/** What a run without faults did, up to where everything rested: what there is to be hit. */
export interface Record {
  readonly scenario: string;
  readonly calls: readonly Site[];
  readonly changes: number;
  readonly processes: readonly string[];
  /** Where it ends. */
  readonly end: string;
}

const hostFaults = callFaults.filter((how) => how !== 'conflict');
const apiFaults = callFaults.filter((how) => !how.startsWith('agent-'));
/** What only looks can fail; that it dies is no different from dying before what follows. */
const ofKind: { readonly [K in Site['kind']]: readonly CallFault[] } = {
  'host write': hostFaults,
  'host read': ['fail', 'agent-before'],
  write: apiFaults,
  read: ['fail', 'crash-before'],
};

/** Everything that can go wrong once. */
export function singleFaults({ calls, changes, processes }: Record): Fault[] {
  const ofCalls = calls.flatMap(({ kind }, index) => ofKind[kind].map((how): Fault => ({ call: index + 1, how })));
  const numbers = Array.from({ length: changes }, (_, index) => index + 1);
  const ofChanges = numbers.flatMap((change) =>
    processes.flatMap((to) => newsFaults.map((how): Fault => ({ change, to, how }))),
  );
  return [...ofCalls, ...ofChanges];
}

/**
 * As many plans as are asked for, as evenly over the scenarios as these have enough, in an order of chance; `by`: of
 * such faults only.
 */
export function choose(records: readonly Record[], count: number, random: () => number, by = /^/): Plan[] {
  const queues = records.map((record) => ({
    scenario: record.scenario,
    faults: shuffled(
      singleFaults(record).filter((fault) => by.test(formatFault(fault))),
      random,
    ),
  }));
  const plans: Plan[] = [];
  while (plans.length < count && queues.some(({ faults }) => faults.length > 0)) {
    for (const { scenario, faults } of queues) {
      const fault = faults.pop();
      if (fault && plans.length < count) plans.push({ scenario, faults: [fault] });
    }
  }
  return plans;
}

function shuffled<T>(items: T[], random: () => number): T[] {
  for (let last = items.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [items[last], items[other]] = [items[other]!, items[last]!];
  }
  return items;
}
