import { forbidden, invalid, required, type FieldError } from '../../errors/field';
import { deepEqual, isObject, listAt, objectAt, stringAt, textOf, valueAt, type JsonObject } from '../../object/json';
import { compareQuantities } from '../../object/quantity';
import type { Obj } from '../../object/object';
import { claimColumns, volumeColumns } from '../../print/storage';
import type { ResourceType } from '../resource';
import { define } from './define';

const core = { group: '', version: 'v1', package: 'core' } as const;

const pending = (object: Obj): void => {
  object.status = { phase: 'Pending' };
};

const sizeOf = (object: Obj): string => textOf(valueAt(object, 'spec', 'resources', 'requests', 'storage') ?? '0');

/** A claim's spec without what may change: the size, and the volume while there is none. */
function fixedPart(claim: Obj, old: Obj): JsonObject {
  const spec = objectAt(claim, 'spec');
  const unbound = !objectAt(old, 'spec').volumeName;
  return {
    ...spec,
    resources: null,
    volumeAttributesClassName: null,
    ...(unbound ? { volumeName: null, dataSource: null, dataSourceRef: null } : {}),
  };
}

function validateClaim(claim: Obj, old: Obj | undefined): FieldError[] {
  const spec = objectAt(claim, 'spec');
  if (old) return validateClaimChange(claim, old);
  const errors: FieldError[] = [];
  if (listAt(spec, 'accessModes').length === 0) {
    errors.push(required('spec.accessModes', 'at least 1 access mode is required'));
  }
  if (valueAt(spec, 'resources', 'requests', 'storage') === undefined) {
    errors.push(required('spec.resources[storage]'));
  } else if (compareQuantities(sizeOf(claim), '0') <= 0) {
    errors.push(invalid('spec.resources[storage]', sizeOf(claim), 'must be greater than zero'));
  }
  return errors;
}

function validateClaimChange(claim: Obj, old: Obj): FieldError[] {
  if (!deepEqual(fixedPart(claim, old), fixedPart(old, old))) {
    return [
      forbidden(
        'spec',
        'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
      ),
    ];
  }
  const change = compareQuantities(sizeOf(claim), sizeOf(old));
  if (change === 0) return [];
  if (stringAt(objectAt(old, 'status'), 'phase') !== 'Bound') {
    return [
      forbidden(
        'spec',
        'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
      ),
    ];
  }
  const granted = textOf(valueAt(old, 'status', 'capacity', 'storage') ?? sizeOf(old));
  if (change < 0 && compareQuantities(sizeOf(claim), granted) <= 0) {
    return [forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity')];
  }
  return [];
}

const sources = [
  'csi',
  'hostPath',
  'local',
  'nfs',
  'iscsi',
  'fc',
  'rbd',
  'cephfs',
  'awsElasticBlockStore',
  'gcePersistentDisk',
  'azureDisk',
  'azureFile',
  'cinder',
  'flexVolume',
  'flocker',
  'glusterfs',
  'photonPersistentDisk',
  'portworxVolume',
  'quobyte',
  'scaleIO',
  'storageos',
  'vsphereVolume',
] as const;

function validateVolume(volume: Obj, old: Obj | undefined): FieldError[] {
  const spec = objectAt(volume, 'spec');
  const errors: FieldError[] = [];
  if (listAt(spec, 'accessModes').length === 0) errors.push(required('spec.accessModes'));
  if (objectAt(spec, 'capacity').storage === undefined) errors.push(required('spec.capacity'));
  const given = sources.filter((source) => spec[source] !== undefined);
  if (given.length === 0) errors.push(required('spec', 'must specify a volume type'));
  if (given.length > 1) errors.push(forbidden(`spec.${given[1]}`, 'may not specify more than 1 volume type'));
  if (old && given.some((source) => !sameSource(spec[source], objectAt(old, 'spec')[source]))) {
    errors.push(forbidden('spec.persistentvolumesource', 'spec.persistentvolumesource is immutable after creation'));
  }
  return errors;
}

/** Secrets for expansion may be added later. */
function sameSource(a: JsonObject[string], b: JsonObject[string]): boolean {
  const bare = (value: JsonObject[string]) =>
    isObject(value) ? { ...value, controllerExpandSecretRef: undefined, nodeExpandSecretRef: undefined } : value;
  return deepEqual(bare(a), bare(b));
}

export const volumeResources: readonly ResourceType[] = [
  define({
    ...core,
    plural: 'persistentvolumes',
    kind: 'PersistentVolume',
    namespaced: false,
    shortNames: ['pv'],
    status: true,
    columns: volumeColumns,
    strategy: { returnsDeleted: true, prepareCreate: pending, validate: validateVolume },
  }),
  define({
    ...core,
    plural: 'persistentvolumeclaims',
    kind: 'PersistentVolumeClaim',
    namespaced: true,
    shortNames: ['pvc'],
    status: true,
    columns: claimColumns,
    strategy: {
      returnsDeleted: true,
      blank: { spec: { resources: {} }, status: {} },
      prepareCreate: pending,
      validate: validateClaim,
    },
  }),
];
