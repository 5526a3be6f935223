import type { Obj } from '../../object/object';
import type { Core } from '../core';
import type { Request } from '../request';

const finalizers: Record<string, string> = {
  persistentvolumes: 'kubernetes.io/pv-protection',
  persistentvolumeclaims: 'kubernetes.io/pvc-protection',
};

/** Claims and volumes in use are not deleted: a controller takes the finalizer off when they are free. */
export function protectStorage({ protectStorage: wanted }: Core, { type }: Request, { metadata }: Obj): void {
  const finalizer = wanted && type.group === '' ? finalizers[type.plural] : undefined;
  if (!finalizer || metadata.finalizers?.includes(finalizer)) return;
  metadata.finalizers = [...(metadata.finalizers ?? []), finalizer];
}
