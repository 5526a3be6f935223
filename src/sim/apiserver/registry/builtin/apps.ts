import { invalid, required, type FieldError } from '../../errors/field';
import { deepEqual, isObject, objectAt, stringAt } from '../../object/json';
import type { Obj } from '../../object/object';
import {
  daemonSetColumns,
  deploymentColumns,
  replicaSetColumns,
  revisionColumns,
  statefulSetColumns,
} from '../../print/apps';
import { matchesLabelSelector } from '../../select/label-selector';
import type { ResourceType, Strategy } from '../resource';
import { define } from './define';
import { checkContainers, defaultPodSpec } from './pods';

const apps = {
  group: 'apps',
  version: 'v1',
  namespaced: true,
  package: 'apps',
  status: true,
  categories: ['all'],
} as const;

const templateOf = (object: Obj) => objectAt(objectAt(object, 'spec'), 'template');

function validate(object: Obj, old: Obj | undefined): FieldError[] {
  const spec = objectAt(object, 'spec');
  const selector = objectAt(spec, 'selector');
  const errors: FieldError[] = [];
  if (Object.keys(selector).length === 0) errors.push(required('spec.selector'));
  const labels = objectAt(objectAt(templateOf(object), 'metadata'), 'labels') as Record<string, string>;
  if (!matchesLabelSelector(selector, labels)) {
    errors.push(invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'));
  }
  errors.push(...checkContainers(objectAt(templateOf(object), 'spec'), 'spec.template.spec'));
  if (old && !deepEqual(selector, objectAt(old, 'spec').selector)) {
    errors.push(invalid('spec.selector', selector, 'field is immutable'));
  }
  return errors;
}

/** A rolling update without bounds gets these. */
function rolling(field: string, bounds: Record<string, string | number>) {
  return (object: Obj): void => {
    defaultPodSpec(objectAt(templateOf(object), 'spec'));
    const strategy = objectAt(objectAt(object, 'spec'), field);
    if (stringAt(strategy, 'type') !== 'RollingUpdate') return;
    strategy.rollingUpdate = { ...bounds, ...(isObject(strategy.rollingUpdate) ? strategy.rollingUpdate : {}) };
  };
}

const workload = (defaults: Strategy['defaults'], status: Obj['status']): Partial<Strategy> => ({
  generation: true,
  blank: { spec: { template: { metadata: {}, spec: {} }, strategy: {}, updateStrategy: {} }, status: {} },
  defaults,
  prepareCreate: (object) => {
    object.status = structuredClone(status);
  },
  validate,
});

export const appsResources: readonly ResourceType[] = [
  define({
    ...apps,
    plural: 'deployments',
    kind: 'Deployment',
    shortNames: ['deploy'],
    columns: deploymentColumns,
    strategy: workload(rolling('strategy', { maxUnavailable: '25%', maxSurge: '25%' }), {}),
  }),
  define({
    ...apps,
    plural: 'daemonsets',
    kind: 'DaemonSet',
    shortNames: ['ds'],
    columns: daemonSetColumns,
    strategy: workload(rolling('updateStrategy', { maxUnavailable: 1, maxSurge: 0 }), {
      currentNumberScheduled: 0,
      numberMisscheduled: 0,
      desiredNumberScheduled: 0,
      numberReady: 0,
    }),
  }),
  define({
    ...apps,
    plural: 'statefulsets',
    kind: 'StatefulSet',
    shortNames: ['sts'],
    columns: statefulSetColumns,
    strategy: workload(rolling('updateStrategy', { partition: 0 }), { replicas: 0, availableReplicas: 0 }),
  }),
  define({
    ...apps,
    plural: 'replicasets',
    kind: 'ReplicaSet',
    shortNames: ['rs'],
    columns: replicaSetColumns,
    strategy: workload((object) => defaultPodSpec(objectAt(templateOf(object), 'spec')), { replicas: 0 }),
  }),
  define({
    ...apps,
    plural: 'controllerrevisions',
    kind: 'ControllerRevision',
    status: false,
    categories: [],
    columns: revisionColumns,
  }),
];
