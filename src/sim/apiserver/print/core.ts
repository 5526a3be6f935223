import { ageOf } from '../object/duration';
import {
  isObject,
  listAt,
  numberAt,
  objectAt,
  stringAt,
  valueAt,
  type JsonObject,
  textOf,
  textsAt,
} from '../object/json';
import type { Obj } from '../object/object';
import type { Column } from '../registry/resource';
import { ageColumn, column, fieldColumn, nameColumn, wide } from './column';

const rolePrefix = 'node-role.kubernetes.io/';

function nodeStatus(node: Obj): string {
  const ready = listAt(objectAt(node, 'status'), 'conditions').find((c) => isObject(c) && c.type === 'Ready');
  const status = !ready ? 'Unknown' : (ready as JsonObject).status === 'True' ? 'Ready' : 'NotReady';
  return objectAt(node, 'spec').unschedulable === true ? `${status},SchedulingDisabled` : status;
}

function nodeRoles({ metadata }: Obj): string {
  const labels = Object.keys(metadata.labels ?? {});
  const roles = labels.filter((label) => label.startsWith(rolePrefix)).map((label) => label.slice(rolePrefix.length));
  const named = metadata.labels?.['kubernetes.io/role'];
  return [...roles, ...(named ? [named] : [])].filter(Boolean).sort().join(',') || '<none>';
}

const nodeAddress = (type: string) => (node: Obj) => {
  const found = listAt(objectAt(node, 'status'), 'addresses').find((a) => isObject(a) && a.type === type);
  return stringAt(found as JsonObject | undefined, 'address') ?? '<none>';
};

const nodeInfo = (field: string) => (node: Obj) =>
  stringAt(objectAt(objectAt(node, 'status'), 'nodeInfo'), field) || '<unknown>';

export const nodeColumns: readonly Column[] = [
  nameColumn,
  column('Status', nodeStatus),
  column('Roles', nodeRoles),
  ageColumn,
  column('Version', (node) => stringAt(objectAt(objectAt(node, 'status'), 'nodeInfo'), 'kubeletVersion') ?? ''),
  wide('Internal-IP', nodeAddress('InternalIP')),
  wide('External-IP', nodeAddress('ExternalIP')),
  wide('OS-Image', nodeInfo('osImage')),
  wide('Kernel-Version', nodeInfo('kernelVersion')),
  wide('Container-Runtime', nodeInfo('containerRuntimeVersion')),
];

export const namespaceColumns: readonly Column[] = [nameColumn, fieldColumn('Status', 'status.phase'), ageColumn];

const entriesOf = (object: Obj, ...fields: string[]): number =>
  fields.reduce((sum, field) => sum + Object.keys(objectAt(object, field)).length, 0);

export const configMapColumns: readonly Column[] = [
  nameColumn,
  column('Data', (object) => entriesOf(object, 'data', 'binaryData')),
  ageColumn,
];

export const secretColumns: readonly Column[] = [
  nameColumn,
  fieldColumn('Type', 'type'),
  column('Data', (object) => entriesOf(object, 'data')),
  ageColumn,
];

export const serviceAccountColumns: readonly Column[] = [
  nameColumn,
  column('Secrets', (object) => listAt(object, 'secrets').length),
  ageColumn,
];

function servicePorts(service: Obj): string {
  const ports = listAt(objectAt(service, 'spec'), 'ports').filter(isObject);
  const texts = ports.map((port) => {
    const nodePort = numberAt(port, 'nodePort');
    return `${numberAt(port, 'port')}${nodePort ? `:${nodePort}` : ''}/${stringAt(port, 'protocol') ?? 'TCP'}`;
  });
  return texts.join(',') || '<none>';
}

export const selectorText = (selector: JsonObject): string =>
  Object.entries(selector)
    .map(([key, value]) => `${key}=${textOf(value)}`)
    .sort()
    .join(',') || '<none>';

function externalIP(service: Obj): string {
  const spec = objectAt(service, 'spec');
  const ips = textsAt(spec, 'externalIPs').join(',');
  if (spec.type === 'ExternalName') return stringAt(spec, 'externalName') ?? '<none>';
  if (spec.type !== 'LoadBalancer') return ips || '<none>';
  const ingress = listAt(objectAt(objectAt(service, 'status'), 'loadBalancer'), 'ingress').filter(isObject);
  return (
    [...ingress.map((i) => stringAt(i, 'ip') ?? stringAt(i, 'hostname') ?? ''), ips].filter(Boolean).join(',') ||
    '<pending>'
  );
}

export const serviceColumns: readonly Column[] = [
  nameColumn,
  fieldColumn('Type', 'spec.type'),
  fieldColumn('Cluster-IP', 'spec.clusterIP', '<none>'),
  column('External-IP', externalIP),
  column('Port(s)', servicePorts),
  ageColumn,
  wide('Selector', (service) => selectorText(objectAt(objectAt(service, 'spec'), 'selector'))),
];

function lastSeen(event: Obj, now: number): string {
  const seen =
    stringAt(objectAt(event, 'series'), 'lastObservedTime') ?? stringAt(event, 'lastTimestamp') ?? firstSeenAt(event);
  return seen ? ageOf(seen, now) : '<unknown>';
}

const firstSeenAt = (event: Obj): string | undefined =>
  stringAt(event, 'firstTimestamp') ?? stringAt(event, 'eventTime') ?? event.metadata.creationTimestamp;

function eventSource(event: Obj): string {
  const component = stringAt(objectAt(event, 'source'), 'component') || stringAt(event, 'reportingComponent') || '';
  const host = stringAt(objectAt(event, 'source'), 'host') || stringAt(event, 'reportingInstance');
  return host ? `${component}, ${host}` : component;
}

const involved = (event: Obj, field: string): string => stringAt(objectAt(event, 'involvedObject'), field) ?? '';

/** Of an event in the shape of the core group. */
export const eventColumns: readonly Column[] = [
  column('Last Seen', (event, { now }) => lastSeen(event, now)),
  fieldColumn('Type', 'type'),
  fieldColumn('Reason', 'reason'),
  column('Object', (event) => `${involved(event, 'kind').toLowerCase()}/${involved(event, 'name')}`),
  wide('Subobject', (event) => involved(event, 'fieldPath')),
  wide('Source', eventSource),
  column('Message', (event) => (stringAt(event, 'message') ?? '').trim()),
  wide('First Seen', (event, { now }) => ageOf(firstSeenAt(event), now)),
  wide('Count', (event) => valueAt(event, 'series', 'count') ?? numberAt(event, 'count') ?? 1),
  { ...wide('Name', ({ metadata }) => metadata.name), format: 'name' },
];
