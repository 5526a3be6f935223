import { notFound, StatusError, tooManyRequests } from '../../errors/status';
import { isObject, numberAt, objectAt, stringAt, type JsonObject } from '../../object/json';
import type { Obj } from '../../object/object';
import { keyOf } from '../../registry/resource';
import { matchesLabelSelector } from '../../select/label-selector';
import type { Stored } from '../../store/stored';
import type { Core } from '../core';
import { removeObject } from '../delete';
import type { Options, Request, Result } from '../request';

const budgets = 'poddisruptionbudgets.policy';

/** Deletes a pod, unless its disruption budget has nothing to spare. */
export function evict(core: Core, request: Request): Result {
  const { type, namespace, name, body } = request;
  const pod = core.store.table(type.table).get(keyOf(type, namespace, name));
  if (!pod) throw notFound(type, name);
  if (countsAsUp(pod.object)) spend(core, request, pod.object);
  const options = { ...request.options, ...evictionOptions(body as JsonObject) };
  removeObject(core, { ...request, subresource: '', options }, pod);
  return {
    kind: 'answer',
    code: 201,
    body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 },
  };
}

/** Pods that have ended, or are ending, cost no budget. */
function countsAsUp(pod: Obj): boolean {
  const phase = stringAt(objectAt(pod, 'status'), 'phase');
  return phase === 'Running' && pod.metadata.deletionTimestamp === undefined;
}

function evictionOptions(eviction: JsonObject): Options {
  const options = objectAt(eviction, 'deleteOptions');
  const preconditions = objectAt(options, 'preconditions');
  return {
    ...(numberAt(options, 'gracePeriodSeconds') === undefined
      ? {}
      : { gracePeriodSeconds: numberAt(options, 'gracePeriodSeconds') }),
    ...(isObject(options.preconditions) ? { preconditions: preconditions } : {}),
    ...(Array.isArray(options.dryRun) && options.dryRun.length > 0 ? { dryRun: true } : {}),
  };
}

function spend(core: Core, request: Request, pod: Obj): void {
  const covering = [...core.store.table(budgets).range(`${request.namespace}/`)]
    .map(([, stored]) => stored)
    .filter(({ object }) => matchesLabelSelector(objectAt(objectAt(object, 'spec'), 'selector'), pod.metadata.labels));
  if (covering.length > 1) {
    throw new StatusError(
      500,
      'InternalError',
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    );
  }
  const [budget] = covering;
  if (budget) spendFrom(core, budget, pod.metadata.name, request.options.dryRun === true);
}

function spendFrom(core: Core, { object }: Stored, podName: string, dryRun: boolean): void {
  const status = objectAt(object, 'status');
  const allowed = numberAt(status, 'disruptionsAllowed') ?? 0;
  if ((numberAt(status, 'observedGeneration') ?? 0) < (object.metadata.generation ?? 0)) {
    const message = `The disruption budget ${object.metadata.name} is still being processed by the server.`;
    throw tooManyRequests(
      "Cannot evict pod as it would violate the pod's disruption budget.",
      [{ reason: 'DisruptionBudget', message }],
      10,
    );
  }
  if (allowed <= 0) {
    const message = `The disruption budget ${object.metadata.name} needs ${numberAt(status, 'desiredHealthy') ?? 0} healthy pods and has ${numberAt(status, 'currentHealthy') ?? 0} currently`;
    throw tooManyRequests(
      "Cannot evict pod as it would violate the pod's disruption budget.",
      [{ reason: 'DisruptionBudget', message }],
      0,
    );
  }
  if (dryRun) return;
  const disruptedPods = { ...objectAt(status, 'disruptedPods'), [podName]: new Date(core.clock.now()).toISOString() };
  const spent: Obj = { ...object, status: { ...status, disruptionsAllowed: allowed - 1, disruptedPods } };
  core.store.put(budgets, `${object.metadata.namespace}/${object.metadata.name}`, spent);
}
