import { isObject, listAt, objectAt, stringAt, valueAt, textsAt } from '../object/json';
import type { Obj } from '../object/object';
import type { Column } from '../registry/resource';
import { ageColumn, column, fieldColumn, nameColumn, wide } from './column';

const modes: Record<string, string> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

/** Access modes in the order kubectl has always shown them. */
const accessModes = (list: readonly unknown[]): string =>
  Object.entries(modes)
    .filter(([mode]) => list.includes(mode))
    .map(([, short]) => short)
    .join(',');

const volumeMode = wide('VolumeMode', (object) => stringAt(objectAt(object, 'spec'), 'volumeMode') ?? '<unset>');

const claimStatus = (claim: Obj): string =>
  claim.metadata.deletionTimestamp ? 'Terminating' : (stringAt(objectAt(claim, 'status'), 'phase') ?? '');

/** Capacity and modes are what is bound, so they stay empty until there is a volume. */
const bound = (claim: Obj): boolean => Boolean(stringAt(objectAt(claim, 'spec'), 'volumeName'));

export const claimColumns: readonly Column[] = [
  nameColumn,
  column('Status', claimStatus),
  fieldColumn('Volume', 'spec.volumeName'),
  column('Capacity', (claim) => (bound(claim) ? (valueAt(claim, 'status', 'capacity', 'storage') ?? '0') : '')),
  column('Access Modes', (claim) =>
    bound(claim) ? accessModes(listAt(objectAt(claim, 'status'), 'accessModes')) : '',
  ),
  fieldColumn('StorageClass', 'spec.storageClassName'),
  fieldColumn('VolumeAttributesClass', 'spec.volumeAttributesClassName', '<unset>'),
  ageColumn,
  volumeMode,
];

function claimOf(volume: Obj): string {
  const claim = objectAt(objectAt(volume, 'spec'), 'claimRef');
  return claim.name ? `${stringAt(claim, 'namespace') ?? ''}/${stringAt(claim, 'name')}` : '';
}

export const volumeColumns: readonly Column[] = [
  nameColumn,
  fieldColumn('Capacity', 'spec.capacity.storage', '0'),
  column('Access Modes', (volume) => accessModes(listAt(objectAt(volume, 'spec'), 'accessModes'))),
  fieldColumn('Reclaim Policy', 'spec.persistentVolumeReclaimPolicy'),
  column('Status', claimStatus),
  column('Claim', claimOf),
  fieldColumn('StorageClass', 'spec.storageClassName'),
  fieldColumn('VolumeAttributesClass', 'spec.volumeAttributesClassName', '<unset>'),
  fieldColumn('Reason', 'status.reason'),
  ageColumn,
  volumeMode,
];

const isDefault = ({ metadata }: Obj): boolean =>
  metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true';

export const storageClassColumns: readonly Column[] = [
  { ...nameColumn, cell: (object) => `${object.metadata.name}${isDefault(object) ? ' (default)' : ''}` },
  fieldColumn('Provisioner', 'provisioner'),
  fieldColumn('ReclaimPolicy', 'reclaimPolicy', 'Delete'),
  fieldColumn('VolumeBindingMode', 'volumeBindingMode', '<unset>'),
  fieldColumn('AllowVolumeExpansion', 'allowVolumeExpansion', false),
  ageColumn,
];

export const attachmentColumns: readonly Column[] = [
  nameColumn,
  fieldColumn('Attacher', 'spec.attacher', '', 'string'),
  fieldColumn('PV', 'spec.source.persistentVolumeName'),
  fieldColumn('Node', 'spec.nodeName'),
  fieldColumn('Attached', 'status.attached', false, 'boolean'),
  ageColumn,
];

const tokenAudiences = (driver: Obj): string =>
  listAt(objectAt(driver, 'spec'), 'tokenRequests')
    .filter(isObject)
    .map((request) => stringAt(request, 'audience') ?? '')
    .join(',') || '<unset>';

export const csiDriverColumns: readonly Column[] = [
  nameColumn,
  fieldColumn('AttachRequired', 'spec.attachRequired', true, 'boolean'),
  fieldColumn('PodInfoOnMount', 'spec.podInfoOnMount', false, 'boolean'),
  fieldColumn('StorageCapacity', 'spec.storageCapacity', false, 'boolean'),
  column('TokenRequests', tokenAudiences),
  fieldColumn('RequiresRepublish', 'spec.requiresRepublish', false, 'boolean'),
  column('Modes', (driver) => textsAt(objectAt(driver, 'spec'), 'volumeLifecycleModes').join(',')),
  ageColumn,
];

export const csiNodeColumns: readonly Column[] = [
  nameColumn,
  column('Drivers', (node) => listAt(objectAt(node, 'spec'), 'drivers').length, 'integer'),
  ageColumn,
];

export const capacityColumns: readonly Column[] = [
  nameColumn,
  fieldColumn('StorageClassName', 'storageClassName'),
  fieldColumn('Capacity', 'capacity', '<unset>'),
];
