import { forbiddenBy } from '../../errors/status';
import { objectAt, stringAt, textOf, valueAt } from '../../object/json';
import { compareQuantities } from '../../object/quantity';
import type { Obj } from '../../object/object';
import type { Core } from '../core';
import type { Request } from '../request';

const sizeOf = (claim: Obj): string => textOf(valueAt(claim, 'spec', 'resources', 'requests', 'storage') ?? '0');

/** A claim may only grow where its class allows it. */
export function admitExpansion({ store }: Core, { type, subresource }: Request, claim: Obj, old: Obj): void {
  if (type.group !== '' || type.plural !== 'persistentvolumeclaims' || subresource !== '') return;
  if (compareQuantities(sizeOf(claim), sizeOf(old)) <= 0) return;
  const { name } = claim.metadata;
  if (stringAt(objectAt(old, 'status'), 'phase') !== 'Bound') return;
  const className = stringAt(objectAt(old, 'spec'), 'storageClassName') ?? '';
  const storageClass = store.table('storageclasses.storage.k8s.io').get(className);
  if (storageClass?.object.allowVolumeExpansion === true) return;
  throw forbiddenBy(
    type,
    name,
    'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
  );
}
