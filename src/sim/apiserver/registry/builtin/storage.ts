import { forbidden, invalid, required, type FieldError } from '../../errors/field';
import { deepEqual, objectAt, type Json } from '../../object/json';
import type { Obj } from '../../object/object';
import {
  attachmentColumns,
  capacityColumns,
  csiDriverColumns,
  csiNodeColumns,
  storageClassColumns,
} from '../../print/storage';
import type { ResourceType } from '../resource';
import { define } from './define';

const storage = { group: 'storage.k8s.io', version: 'v1', package: 'storage' } as const;

/** Fields that cannot change once the object is there. */
const immutable =
  (refuse: (field: string, value: Json | undefined) => FieldError, ...fields: string[]) =>
  (object: Obj, old: Obj | undefined): FieldError[] =>
    old
      ? fields.filter((field) => !deepEqual(object[field], old[field])).map((field) => refuse(field, object[field]))
      : [];

const classFixed = immutable(
  (field) => forbidden(field, `updates to ${field} are forbidden.`),
  'provisioner',
  'parameters',
  'reclaimPolicy',
  'volumeBindingMode',
);

const specFixed = immutable((field, value) => invalid(field, value ?? null, 'field is immutable'), 'spec');

function validateAttachment(attachment: Obj, old: Obj | undefined): FieldError[] {
  const source = objectAt(objectAt(attachment, 'spec'), 'source');
  const given = [source.persistentVolumeName, source.inlineVolumeSpec].filter((value) => value !== undefined).length;
  if (given === 0)
    return [required('spec.source', 'must specify exactly one of inlineVolumeSpec and persistentVolumeName')];
  if (given > 1) {
    return [forbidden('spec.source', 'must specify exactly one of inlineVolumeSpec and persistentVolumeName')];
  }
  return specFixed(attachment, old);
}

function validateDriver(driver: Obj, old: Obj | undefined): FieldError[] {
  if (!old) return [];
  const [spec, before] = [objectAt(driver, 'spec'), objectAt(old, 'spec')];
  return ['attachRequired', 'volumeLifecycleModes']
    .filter((field) => !deepEqual(spec[field], before[field]))
    .map((field) => invalid(`spec.${field}`, spec[field], 'field is immutable'));
}

export const storageResources: readonly ResourceType[] = [
  define({
    ...storage,
    plural: 'storageclasses',
    kind: 'StorageClass',
    namespaced: false,
    shortNames: ['sc'],
    columns: storageClassColumns,
    strategy: { returnsDeleted: true, validate: classFixed },
  }),
  define({
    ...storage,
    plural: 'volumeattachments',
    kind: 'VolumeAttachment',
    namespaced: false,
    status: true,
    columns: attachmentColumns,
    strategy: {
      returnsDeleted: true,
      blank: { spec: { source: {} }, status: {} },
      prepareCreate: (attachment) => {
        attachment.status = { attached: false };
      },
      validate: validateAttachment,
    },
  }),
  define({
    ...storage,
    plural: 'csidrivers',
    kind: 'CSIDriver',
    namespaced: false,
    columns: csiDriverColumns,
    strategy: { returnsDeleted: true, validate: validateDriver },
  }),
  define({
    ...storage,
    plural: 'csinodes',
    kind: 'CSINode',
    namespaced: false,
    columns: csiNodeColumns,
    strategy: { returnsDeleted: true },
  }),
  define({
    ...storage,
    plural: 'csistoragecapacities',
    kind: 'CSIStorageCapacity',
    namespaced: true,
    columns: capacityColumns,
    strategy: {
      returnsDeleted: true,
      validate: immutable(
        (field, value) => invalid(field, value ?? null, 'field is immutable'),
        'nodeTopology',
        'storageClassName',
      ),
    },
  }),
];
