import { isObject, listAt, objectAt, stringAt, deepEqual, numberAt, type JsonObject, textOf } from '../../object/json';
import { forbidden, required, type FieldError } from '../../errors/field';
import type { Obj } from '../../object/object';
import { podColumns } from '../../print/pods';
import { define } from './define';

/** The image's tag decides, as in every kubelet: latest is pulled always. */
function pullPolicy(container: JsonObject): void {
  const image = stringAt(container, 'image') ?? '';
  const tag = /:([^:/@]+)$/.exec(image)?.[1];
  const latest = !image.includes('@') && (tag === undefined || tag === 'latest');
  container.imagePullPolicy ??= latest ? 'Always' : 'IfNotPresent';
}

/** Defaults of a pod or of a template of pods. */
export function defaultPodSpec(spec: JsonObject): void {
  for (const list of ['containers', 'initContainers'] as const) {
    for (const container of listAt(spec, list).filter(isObject)) {
      pullPolicy(container);
      const resources = objectAt(container, 'resources');
      const limits = objectAt(resources, 'limits');
      if (Object.keys(limits).length > 0) resources.requests = { ...limits, ...objectAt(resources, 'requests') };
    }
  }
  if (spec.hostNetwork === true) {
    for (const container of listAt(spec, 'containers').filter(isObject)) {
      for (const port of listAt(container, 'ports').filter(isObject)) port.hostPort ??= port.containerPort;
    }
  }
  if (spec.serviceAccountName !== undefined) spec.serviceAccount ??= spec.serviceAccountName;
}

function qosClass(spec: JsonObject): string {
  const all = [...listAt(spec, 'containers'), ...listAt(spec, 'initContainers')].filter(isObject);
  const resources = all.map((container) => objectAt(container, 'resources'));
  const set = (r: JsonObject, field: string) => Object.keys(objectAt(r, field)).length > 0;
  if (resources.every((r) => !set(r, 'limits') && !set(r, 'requests'))) return 'BestEffort';
  const guaranteed = resources.every((r) => {
    const limits = objectAt(r, 'limits');
    return limits.cpu !== undefined && limits.memory !== undefined && deepEqual(limits, r.requests);
  });
  return guaranteed ? 'Guaranteed' : 'Burstable';
}

function prepareCreate(pod: Obj): void {
  pod.status = { phase: 'Pending', qosClass: qosClass(objectAt(pod, 'spec')) };
  const spec = objectAt(pod, 'spec');
  if (isObject(pod.spec)) {
    spec.priority ??= 0;
    spec.preemptionPolicy ??= 'PreemptLowerPriority';
  }
}

/** What of a pod's spec may change after creation; everything else is fixed. */
function mutablePart(spec: JsonObject): JsonObject {
  const bare = (list: string) => listAt(spec, list).map((c) => (isObject(c) ? { ...c, image: null } : c));
  return {
    ...spec,
    containers: bare('containers'),
    initContainers: bare('initContainers'),
    activeDeadlineSeconds: null,
    terminationGracePeriodSeconds: null,
    tolerations: null,
    ephemeralContainers: null,
    nodeName: null,
    schedulingGates: null,
  };
}

/** What is wrong with the containers of a pod or of a template of pods. */
export function checkContainers(spec: JsonObject, field: string): FieldError[] {
  if (listAt(spec, 'containers').length === 0) return [required(`${field}.containers`)];
  return ['initContainers', 'containers'].flatMap((list) =>
    listAt(spec, list).flatMap((container, i) =>
      stringAt(container as JsonObject, 'image') ? [] : [required(`${field}.${list}[${i}].image`)],
    ),
  );
}

function validate(pod: Obj, old: Obj | undefined): FieldError[] {
  const spec = objectAt(pod, 'spec');
  const wrong = checkContainers(spec, 'spec');
  if (wrong.length > 0 || !old) return wrong;
  const before = objectAt(old, 'spec');
  const rebound = before.nodeName !== undefined && before.nodeName !== spec.nodeName;
  if (!rebound && deepEqual(mutablePart(spec), mutablePart(before))) return [];
  return [
    forbidden(
      'spec',
      'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
    ),
  ];
}

/** A pod that no kubelet runs, or that has ended, goes at once. */
function gracePeriod(pod: Obj, asked: number | undefined): number {
  const spec = objectAt(pod, 'spec');
  const phase = stringAt(objectAt(pod, 'status'), 'phase');
  if (!spec.nodeName || phase === 'Failed' || phase === 'Succeeded') return 0;
  return Math.max(0, asked ?? numberAt(spec, 'terminationGracePeriodSeconds') ?? 30);
}

const specField =
  (field: string, none = '') =>
  (pod: Obj) =>
    textOf(objectAt(pod, 'spec')[field] ?? none);
const statusField = (field: string) => (pod: Obj) => stringAt(objectAt(pod, 'status'), field) ?? '';

export const pods = define({
  group: '',
  version: 'v1',
  plural: 'pods',
  kind: 'Pod',
  namespaced: true,
  package: 'core',
  shortNames: ['po'],
  categories: ['all'],
  status: true,
  subresources: [
    { name: 'eviction', kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] },
    { name: 'binding', kind: 'Binding', verbs: ['create'] },
  ],
  columns: podColumns,
  selectable: {
    'spec.nodeName': specField('nodeName'),
    'spec.restartPolicy': specField('restartPolicy'),
    'spec.schedulerName': specField('schedulerName'),
    'spec.serviceAccountName': specField('serviceAccountName'),
    'spec.hostNetwork': specField('hostNetwork', 'false'),
    'status.phase': statusField('phase'),
    'status.podIP': statusField('podIP'),
    'status.nominatedNodeName': statusField('nominatedNodeName'),
  },
  strategy: {
    returnsDeleted: true,
    defaults: (pod) => {
      const spec = objectAt(pod, 'spec');
      defaultPodSpec(spec);
      if (isObject(pod.spec)) spec.enableServiceLinks ??= true;
    },
    prepareCreate,
    validate,
    gracePeriod,
  },
});
