import { isObject, listAt, numberAt, objectAt, stringAt, textOf, textsAt, type JsonObject } from '../object/json';
import type { Obj } from '../object/object';
import type { Column } from '../registry/resource';
import { ageColumn, column, nameColumn, wide } from './column';
import { selectorText } from './core';

const spec = (object: Obj, field: string): number => numberAt(objectAt(object, 'spec'), field) ?? 0;
const status = (object: Obj, field: string): number => numberAt(objectAt(object, 'status'), field) ?? 0;

const containers = (object: Obj): JsonObject[] =>
  listAt(objectAt(objectAt(objectAt(object, 'spec'), 'template'), 'spec'), 'containers').filter(isObject);

const containerColumns: readonly Column[] = [
  wide('Containers', (object) =>
    containers(object)
      .map((c) => stringAt(c, 'name') ?? '')
      .join(','),
  ),
  wide('Images', (object) =>
    containers(object)
      .map((c) => stringAt(c, 'image') ?? '')
      .join(','),
  ),
];

const expressionText = (expression: JsonObject): string => {
  const key = stringAt(expression, 'key') ?? '';
  const values = textsAt(expression, 'values').join(',');
  switch (stringAt(expression, 'operator')) {
    case 'In':
      return `${key} in (${values})`;
    case 'NotIn':
      return `${key} notin (${values})`;
    case 'Exists':
      return key;
    default:
      return `!${key}`;
  }
};

/** Requirements are shown in the order of their keys. */
const selectorColumn = wide('Selector', (object) => {
  const selector = objectAt(objectAt(object, 'spec'), 'selector');
  const labels = Object.entries(objectAt(selector, 'matchLabels')).map(([key, value]) => ({
    key,
    text: `${key}=${textOf(value)}`,
  }));
  const expressions = listAt(selector, 'matchExpressions')
    .filter(isObject)
    .map((expression) => ({ key: stringAt(expression, 'key') ?? '', text: expressionText(expression) }));
  const all = [...labels, ...expressions].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return all.map(({ text }) => text).join(',') || '<none>';
});

export const deploymentColumns: readonly Column[] = [
  nameColumn,
  column('Ready', (object) => `${status(object, 'readyReplicas')}/${spec(object, 'replicas')}`),
  column('Up-to-date', (object) => status(object, 'updatedReplicas')),
  column('Available', (object) => status(object, 'availableReplicas')),
  ageColumn,
  ...containerColumns,
  selectorColumn,
];

export const daemonSetColumns: readonly Column[] = [
  nameColumn,
  column('Desired', (object) => status(object, 'desiredNumberScheduled'), 'integer'),
  column('Current', (object) => status(object, 'currentNumberScheduled'), 'integer'),
  column('Ready', (object) => status(object, 'numberReady'), 'integer'),
  column('Up-to-date', (object) => status(object, 'updatedNumberScheduled'), 'integer'),
  column('Available', (object) => status(object, 'numberAvailable'), 'integer'),
  column('Node Selector', (object) => {
    const template = objectAt(objectAt(object, 'spec'), 'template');
    return selectorText(objectAt(objectAt(template, 'spec'), 'nodeSelector'));
  }),
  ageColumn,
  ...containerColumns,
  selectorColumn,
];

export const statefulSetColumns: readonly Column[] = [
  nameColumn,
  column('Ready', (object) => `${status(object, 'readyReplicas')}/${spec(object, 'replicas')}`),
  ageColumn,
  ...containerColumns,
];

export const replicaSetColumns: readonly Column[] = [
  nameColumn,
  column('Desired', (object) => spec(object, 'replicas'), 'integer'),
  column('Current', (object) => status(object, 'replicas'), 'integer'),
  column('Ready', (object) => status(object, 'readyReplicas'), 'integer'),
  ageColumn,
  ...containerColumns,
  selectorColumn,
];

function controllerOf({ metadata }: Obj): string {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller);
  if (!owner) return '<none>';
  const group = owner.apiVersion.includes('/') ? `.${owner.apiVersion.split('/')[0]}` : '';
  return `${owner.kind.toLowerCase()}${group}/${owner.name}`;
}

export const revisionColumns: readonly Column[] = [
  nameColumn,
  column('Controller', controllerOf),
  column('Revision', (object) => numberAt(object, 'revision') ?? 0),
  ageColumn,
];
