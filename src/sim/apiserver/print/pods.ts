import { humanDuration } from '../object/duration';
import { isObject, listAt, numberAt, objectAt, stringAt, type JsonObject } from '../object/json';
import type { Obj } from '../object/object';
import type { Column } from '../registry/resource';
import { ageColumn, column, nameColumn, wide } from './column';

const containersOf = (pod: Obj, field: string): JsonObject[] => listAt(objectAt(pod, 'status'), field).filter(isObject);

function stateReason(state: JsonObject): string | undefined {
  const waiting = stringAt(objectAt(state, 'waiting'), 'reason');
  if (waiting) return waiting;
  if (!isObject(state.terminated)) return undefined;
  const { terminated } = state;
  const signal = numberAt(terminated, 'signal') ?? 0;
  return (
    stringAt(terminated, 'reason') ??
    (signal ? `Signal:${signal}` : `ExitCode:${numberAt(terminated, 'exitCode') ?? 0}`)
  );
}

/** The first init container that is not done says what the pod waits for. */
function initReason(pod: Obj): string | undefined {
  const statuses = containersOf(pod, 'initContainerStatuses');
  const pending = statuses.findIndex((status) => {
    const terminated = objectAt(objectAt(status, 'state'), 'terminated');
    return numberAt(terminated, 'exitCode') !== 0;
  });
  if (pending < 0) return undefined;
  const reason = stateReason(objectAt(statuses[pending], 'state'));
  if (reason && reason !== 'PodInitializing') return `Init:${reason}`;
  return `Init:${pending}/${listAt(objectAt(pod, 'spec'), 'initContainers').length}`;
}

export function podStatus(pod: Obj): string {
  const status = objectAt(pod, 'status');
  let reason = stringAt(status, 'reason') ?? stringAt(status, 'phase') ?? '';
  const containers = containersOf(pod, 'containerStatuses');
  const init = initReason(pod);
  if (init) reason = init;
  else {
    for (const container of [...containers].reverse()) reason = stateReason(objectAt(container, 'state')) ?? reason;
    const running = containers.some((c) => c.ready === true && isObject(objectAt(c, 'state').running));
    if (reason === 'Completed' && running) reason = isReady(pod) ? 'Running' : 'NotReady';
  }
  if (!pod.metadata.deletionTimestamp) return reason;
  return stringAt(status, 'reason') === 'NodeLost' ? 'Unknown' : 'Terminating';
}

const isReady = (pod: Obj): boolean =>
  listAt(objectAt(pod, 'status'), 'conditions').some((c) => isObject(c) && c.type === 'Ready' && c.status === 'True');

function restarts(pod: Obj, now: number): string {
  const containers = containersOf(pod, 'containerStatuses');
  const count = containers.reduce((sum, container) => sum + (numberAt(container, 'restartCount') ?? 0), 0);
  const last = containers
    .map((container) => stringAt(objectAt(objectAt(container, 'lastState'), 'terminated'), 'finishedAt') ?? '')
    .sort()
    .at(-1);
  return count > 0 && last ? `${count} (${humanDuration(now - Date.parse(last))} ago)` : String(count);
}

function ready(pod: Obj): string {
  const up = containersOf(pod, 'containerStatuses').filter((container) => container.ready === true).length;
  return `${up}/${listAt(objectAt(pod, 'spec'), 'containers').length}`;
}

function readinessGates(pod: Obj): string {
  const gates = listAt(objectAt(pod, 'spec'), 'readinessGates').filter(isObject);
  if (gates.length === 0) return '<none>';
  const conditions = listAt(objectAt(pod, 'status'), 'conditions').filter(isObject);
  const passed = gates.filter((gate) => conditions.some((c) => c.type === gate.conditionType && c.status === 'True'));
  return `${passed.length}/${gates.length}`;
}

export const podColumns: readonly Column[] = [
  nameColumn,
  column('Ready', ready),
  column('Status', podStatus),
  column('Restarts', (pod, { now }) => restarts(pod, now)),
  ageColumn,
  wide('IP', (pod) => stringAt(objectAt(pod, 'status'), 'podIP') ?? '<none>'),
  wide('Node', (pod) => stringAt(objectAt(pod, 'spec'), 'nodeName') ?? '<none>'),
  wide('Nominated Node', (pod) => stringAt(objectAt(pod, 'status'), 'nominatedNodeName') ?? '<none>'),
  wide('Readiness Gates', readinessGates),
];
