import { isObject, listAt, objectAt, stringAt } from '../../object/json';
import type { Obj } from '../../object/object';
import { serviceColumns } from '../../print/core';
import type { Surroundings } from '../resource';
import { define } from './define';

/** The range clusterIPs come from: 10.96.0.0/16, of which the first is the API server's own. */
const range = '10.96';
const firstFree = 10;
const lastFree = 65_534;

function freeIP({ store }: Surroundings): string {
  const used = new Set<unknown>();
  for (const [, { object }] of store.table('services').range('')) used.add(objectAt(object, 'spec').clusterIP);
  for (let n = firstFree; n <= lastFree; n++) {
    const ip = `${range}.${n >> 8}.${n & 255}`;
    if (!used.has(ip)) return ip;
  }
  throw new Error('no clusterIP is left');
}

function allocate(service: Obj, surroundings: Surroundings): void {
  const { spec } = service;
  service.status = { loadBalancer: {} };
  if (!isObject(spec) || spec.type === 'ExternalName') return;
  if (!spec.clusterIP) spec.clusterIP = freeIP(surroundings);
  spec.clusterIPs ??= [spec.clusterIP];
  spec.ipFamilies ??= ['IPv4'];
  spec.ipFamilyPolicy ??= 'SingleStack';
}

function defaults(service: Obj): void {
  const { spec } = service;
  if (!isObject(spec)) return;
  for (const port of listAt(spec, 'ports').filter(isObject)) port.targetPort ??= port.port;
  if (spec.type !== 'ExternalName') spec.internalTrafficPolicy ??= 'Cluster';
  if (spec.type === 'NodePort' || spec.type === 'LoadBalancer') spec.externalTrafficPolicy ??= 'Cluster';
}

/** An update that does not say keeps the address. */
function keepAddress(service: Obj, old: Obj): void {
  const { spec } = service;
  const before = objectAt(old, 'spec');
  if (!isObject(spec) || spec.type === 'ExternalName') return;
  if (!spec.clusterIP && before.clusterIP !== undefined) spec.clusterIP = before.clusterIP;
  if (!spec.clusterIPs && before.clusterIPs !== undefined) spec.clusterIPs = before.clusterIPs;
}

export const services = define({
  group: '',
  version: 'v1',
  plural: 'services',
  kind: 'Service',
  namespaced: true,
  package: 'core',
  shortNames: ['svc'],
  categories: ['all'],
  status: true,
  columns: serviceColumns,
  selectable: {
    'spec.clusterIP': (service) => stringAt(objectAt(service, 'spec'), 'clusterIP') ?? '',
    'spec.type': (service) => stringAt(objectAt(service, 'spec'), 'type') ?? '',
  },
  strategy: {
    createOnUpdate: true,
    returnsDeleted: true,
    defaults,
    prepareCreate: allocate,
    prepareUpdate: keepAddress,
  },
});
