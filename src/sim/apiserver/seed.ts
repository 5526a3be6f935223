import type { Obj } from './object/object';
import type { Core } from './request/core';
import { createObject } from './request/create';
import { decodeBody } from './request/decode';
import type { Request } from './request/request';
import { ownedByUpdate } from './request/own';
import type { JsonObject } from './object/json';

const namespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

const classes = [
  {
    name: 'system-cluster-critical',
    value: 2_000_000_000,
    description:
      'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  },
  {
    name: 'system-node-critical',
    value: 2_000_001_000,
    description: 'Used for system critical pods that must not be moved from their current node.',
  },
];

/** What every cluster has from the start. */
export function seed(core: Core): void {
  for (const name of namespaces) put(core, '', 'v1', 'namespaces', { metadata: { name } });
  for (const { name, ...rest } of classes) {
    put(core, 'scheduling.k8s.io', 'v1', 'priorityclasses', { metadata: { name }, ...rest });
  }
}

/** Creates an object as the API server itself. Throws when it is not valid. */
export function put(core: Core, group: string, version: string, plural: string, body: JsonObject): Obj {
  const served = core.registry.served(group, version, plural);
  if (!served) throw new Error(`${plural} of ${group}/${version} is not served`);
  const request: Request = {
    ...served,
    verb: 'create',
    namespace: '',
    name: '',
    subresource: '',
    options: {},
    body: { kind: served.type.kind, ...body },
    client: 'kube-apiserver',
  };
  const { object } = decodeBody(request);
  return createObject(core, request, object, (o) => ownedByUpdate(core, request, undefined, o)).object;
}
