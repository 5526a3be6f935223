import { forbiddenBy } from '../../errors/status';
import { isObject, stringAt } from '../../object/json';
import type { Obj } from '../../object/object';
import type { Core } from '../core';
import type { Request } from '../request';

/** The priority of a pod comes from its class. */
export function admitPriority({ store }: Core, { type }: Request, pod: Obj): void {
  const { spec } = pod;
  if (type.group !== '' || type.plural !== 'pods' || !isObject(spec)) return;
  const name = stringAt(spec, 'priorityClassName');
  if (name === undefined) return;
  const found = store.table('priorityclasses.scheduling.k8s.io').get(name);
  if (!found) throw forbiddenBy(type, pod.metadata.name, `no PriorityClass with name ${name} was found`);
  spec.priority = found.object.value;
  spec.preemptionPolicy = found.object.preemptionPolicy;
}
