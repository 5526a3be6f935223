import { forbidden, type FieldError } from '../../errors/field';
import { deepEqual, isObject, listAt, objectAt, stringAt, textOf } from '../../object/json';
import { checkLabelName } from '../../object/names';
import type { Obj } from '../../object/object';
import {
  configMapColumns,
  namespaceColumns,
  nodeColumns,
  secretColumns,
  serviceAccountColumns,
} from '../../print/core';
import type { ResourceType } from '../resource';
import { define } from './define';

const core = { group: '', version: 'v1', package: 'core' } as const;

function newNamespace(namespace: Obj): void {
  namespace.spec = { finalizers: ['kubernetes'] };
  namespace.status = { phase: 'Active' };
  namespace.metadata.labels = { ...namespace.metadata.labels, 'kubernetes.io/metadata.name': namespace.metadata.name };
}

/** A namespace is held back until it is empty, as if its spec.finalizers were ordinary ones. */
const namespaceHeld = (namespace: Obj): boolean => listAt(objectAt(namespace, 'spec'), 'finalizers').length > 0;

const immutableData =
  (fields: readonly string[]) =>
  (object: Obj, old: Obj | undefined): FieldError[] => {
    if (old?.immutable !== true) return [];
    const errors = fields
      .filter((field) => !deepEqual(object[field], old[field]))
      .map((field) => forbidden(field, 'field is immutable when `immutable` is set'));
    if (object.immutable !== true) errors.push(forbidden('immutable', 'field is immutable when `immutable` is set'));
    return errors;
  };

/** stringData is only ever written: it is stored encoded, as data. */
function encodeStringData(secret: Obj): void {
  if (!isObject(secret.stringData)) return;
  const data = { ...objectAt(secret, 'data') };
  for (const [key, value] of Object.entries(secret.stringData))
    data[key] = Buffer.from(textOf(value)).toString('base64');
  secret.data = data;
  delete secret.stringData;
}

export const coreResources: readonly ResourceType[] = [
  define({
    ...core,
    plural: 'namespaces',
    kind: 'Namespace',
    namespaced: false,
    shortNames: ['ns'],
    status: true,
    subresources: [{ name: 'finalize', verbs: ['update'] }],
    columns: namespaceColumns,
    selectable: { 'status.phase': (namespace) => stringAt(objectAt(namespace, 'status'), 'phase') ?? '' },
    strategy: {
      checkName: checkLabelName,
      prepareCreate: newNamespace,
      prepareUpdate: (namespace, old) => {
        namespace.spec = old.spec;
      },
      held: namespaceHeld,
      markDeleted: (namespace) => {
        namespace.status = { ...objectAt(namespace, 'status'), phase: 'Terminating' };
      },
    },
  }),
  define({
    ...core,
    plural: 'nodes',
    kind: 'Node',
    namespaced: false,
    shortNames: ['no'],
    status: true,
    columns: nodeColumns,
    selectable: { 'spec.unschedulable': (node) => String(objectAt(node, 'spec').unschedulable === true) },
    strategy: {
      keepsStatus: true,
      defaults: (node) => {
        const status = objectAt(node, 'status');
        if (isObject(status.capacity)) status.allocatable ??= { ...status.capacity };
      },
    },
  }),
  define({
    ...core,
    plural: 'configmaps',
    kind: 'ConfigMap',
    namespaced: true,
    shortNames: ['cm'],
    columns: configMapColumns,
    strategy: { validate: immutableData(['data', 'binaryData']) },
  }),
  define({
    ...core,
    plural: 'secrets',
    kind: 'Secret',
    namespaced: true,
    columns: secretColumns,
    selectable: { type: (secret) => stringAt(secret, 'type') ?? '' },
    strategy: { defaults: encodeStringData, validate: immutableData(['data']) },
  }),
  define({
    ...core,
    plural: 'serviceaccounts',
    kind: 'ServiceAccount',
    namespaced: true,
    shortNames: ['sa'],
    subresources: [
      { name: 'token', kind: 'TokenRequest', group: 'authentication.k8s.io', version: 'v1', verbs: ['create'] },
    ],
    columns: serviceAccountColumns,
    strategy: { returnsDeleted: true },
  }),
];
