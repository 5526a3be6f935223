import { conflict, notFound } from '../../errors/status';
import { isObject, listAt, objectAt, stringAt, type JsonObject } from '../../object/json';
import { timestamp } from '../../../../runtime/clock';
import { keyOf } from '../../registry/resource';
import type { Core } from '../core';
import type { Request, Result } from '../request';

/** Assigns a pod to a node, once. */
export function bind(core: Core, request: Request): Result {
  const { type, namespace, name, body, options } = request;
  const key = keyOf(type, namespace, name);
  const pod = core.store.table(type.table).get(key);
  if (!pod) throw notFound(type, name);
  const target = objectAt(body as JsonObject, 'target');
  const node = stringAt(target, 'name') ?? '';
  const spec = objectAt(pod.object, 'spec');
  if (spec.nodeName)
    throw conflict(type, name, `pod ${name} is already assigned to node "${stringAt(spec, 'nodeName')}"`);
  const status = objectAt(pod.object, 'status');
  const scheduled = {
    type: 'PodScheduled',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: timestamp(core.clock),
  };
  const conditions = listAt(status, 'conditions').filter((c) => isObject(c) && c.type !== 'PodScheduled');
  if (!options.dryRun) {
    core.store.put(type.table, key, {
      ...pod.object,
      spec: { ...spec, nodeName: node },
      status: { ...status, conditions: [...conditions, scheduled] },
    });
  }
  return {
    kind: 'answer',
    code: 201,
    body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 },
  };
}
