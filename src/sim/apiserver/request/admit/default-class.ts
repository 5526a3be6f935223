import { isObject } from '../../object/json';
import type { Obj } from '../../object/object';
import type { Core } from '../core';
import type { Request } from '../request';

const annotation = 'storageclass.kubernetes.io/is-default-class';

/** A claim that names no class gets the default one: the newest, should there be several. */
export function admitDefaultClass({ store }: Core, { type }: Request, claim: Obj): void {
  if (type.group !== '' || type.plural !== 'persistentvolumeclaims') return;
  const { spec } = claim;
  if (!isObject(spec) || spec.storageClassName !== undefined) return;
  const classes = [...store.table('storageclasses.storage.k8s.io').range('')]
    .map(([, { object }]) => object.metadata)
    .filter(({ annotations }) => annotations?.[annotation] === 'true')
    .sort((a, b) => (a.creationTimestamp! < b.creationTimestamp! ? 1 : -1));
  if (classes[0]) spec.storageClassName = classes[0].name;
}
