/** How one call of one of MeshStor's processes goes wrong. */
export const callFaults = [
  /** The process dies and the call is never made. */
  'crash-before',
  /** The call has its effect, and the process dies before it learns that. */
  'crash-after',
  /** The host agent dies and the call is never made; its process is told that. */
  'agent-before',
  /** The call has its effect, and the host agent dies before it answers. */
  'agent-after',
  /** The call is refused and has no effect. */
  'fail',
  /** The call has its effect and is reported as failed. */
  'timeout',
  /** Somebody else changed the object at the same time. */
  'conflict',
] as const;
export type CallFault = (typeof callFaults)[number];

/** How one process misses the news of one change of an object. */
export const newsFaults = [
  /** The watch breaks before it tells. */
  'drop',
  /** The watch tells a few seconds later: decisions rest on what was before. */
  'late',
  /** The watch breaks, cannot be taken up again, and the list after it is answered with what was before. */
  'stale',
  /** The process dies, and is started again by an API server that lags: it is told what was some changes before. */
  'past',
] as const;
export type NewsFault = (typeof newsFaults)[number];

export type Fault =
  | { readonly call: number; readonly how: CallFault }
  /** Changes of objects are counted apart from calls. */
  | { readonly change: number; readonly to: string; readonly how: NewsFault };

/** One run: what is done, and what goes wrong meanwhile. Calls and changes count from 1, from when the scenario begins. */
export interface Plan {
  readonly scenario: string;
  readonly faults: readonly Fault[];
}

/** One line that says it all, and that `PLAN=` takes. */
export const formatPlan = ({ scenario, faults }: Plan): string => [scenario, ...faults.map(formatFault)].join(' ');

export const formatFault = (fault: Fault): string =>
  'call' in fault ? `call-${fault.call}:${fault.how}` : `change-${fault.change}:${fault.to}:${fault.how}`;

export function parsePlan(line: string): Plan {
  const [scenario = '', ...words] = line.trim().split(/\s+/);
  return { scenario, faults: words.map(parseFault) };
}

function parseFault(word: string): Fault {
  const call = /^call-(\d+):([a-z-]+)$/.exec(word);
  const how = call?.[2] as CallFault | undefined;
  if (call && callFaults.includes(how!)) return { call: Number(call[1]), how: how! };
  const change = /^change-(\d+):([a-z0-9-]+):([a-z]+)$/.exec(word);
  const kind = change?.[3] as NewsFault | undefined;
  if (change && newsFaults.includes(kind!)) return { change: Number(change[1]), to: change[2]!, how: kind! };
  throw new Error(
    `"${word}" is no fault: call-<n>:<${callFaults.join('|')}> or change-<n>:<process>:<${newsFaults.join('|')}>`,
  );
}
