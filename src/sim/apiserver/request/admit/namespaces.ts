import { forbiddenBy, notFound, type Named } from '../../errors/status';
import { objectAt } from '../../object/json';
import type { Obj } from '../../object/object';
import type { Core } from '../core';
import type { Request } from '../request';

const namespaces: Named = { group: '', plural: 'namespaces' };
const system = ['default', 'kube-system', 'kube-public'];

const isNamespaces = ({ type }: Request): boolean => type.group === '' && type.plural === 'namespaces';

/** Nothing can be created in a namespace that does not exist or is going away. */
export function admitIntoNamespace({ store }: Core, { type, namespace }: Request, object: Obj): void {
  if (!type.namespaced) return;
  const found = store.table('namespaces').get(namespace);
  if (!found) throw notFound(namespaces, namespace);
  if (objectAt(found.object, 'status').phase === 'Terminating') {
    throw forbiddenBy(
      type,
      object.metadata.name,
      `unable to create new content in namespace ${namespace} because it is being terminated`,
      [
        {
          reason: 'NamespaceTerminating',
          message: `namespace ${namespace} is being terminated`,
          field: 'metadata.namespace',
        },
      ],
    );
  }
}

export function keepSystemNamespaces(request: Request, { metadata }: Obj): void {
  if (isNamespaces(request) && system.includes(metadata.name)) {
    throw forbiddenBy(namespaces, metadata.name, 'this namespace may not be deleted');
  }
}
