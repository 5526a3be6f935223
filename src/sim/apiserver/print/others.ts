import { isObject, listAt, objectAt, stringAt, valueAt, textOf } from '../object/json';
import type { Obj } from '../object/object';
import type { Column } from '../registry/resource';
import { ageColumn, column, createdAtColumn, fieldColumn, nameColumn, wide } from './column';

export const leaseColumns: readonly Column[] = [nameColumn, fieldColumn('Holder', 'spec.holderIdentity'), ageColumn];

export const budgetColumns: readonly Column[] = [
  nameColumn,
  column('Min Available', (object) => textOf(valueAt(object, 'spec', 'minAvailable') ?? 'N/A')),
  column('Max Unavailable', (object) => textOf(valueAt(object, 'spec', 'maxUnavailable') ?? 'N/A')),
  fieldColumn('Allowed Disruptions', 'status.disruptionsAllowed', 0, 'integer'),
  ageColumn,
];

export const priorityClassColumns: readonly Column[] = [
  nameColumn,
  fieldColumn('Value', 'value', 0, 'integer'),
  fieldColumn('Global-Default', 'globalDefault', false, 'boolean'),
  ageColumn,
];

/** Roles, and definitions of custom resources. */
export const createdColumns: readonly Column[] = [nameColumn, createdAtColumn];

const subjects = (kind: string) => (binding: Obj) =>
  listAt(binding, 'subjects')
    .filter(isObject)
    .filter((subject) => subject.kind === kind)
    .map((subject) => [stringAt(subject, 'namespace'), stringAt(subject, 'name')].filter(Boolean).join('/'))
    .join(', ');

export const bindingColumns: readonly Column[] = [
  nameColumn,
  column('Role', (binding) => {
    const role = objectAt(binding, 'roleRef');
    return `${stringAt(role, 'kind')}/${stringAt(role, 'name')}`;
  }),
  ageColumn,
  wide('Users', subjects('User')),
  wide('Groups', subjects('Group')),
  wide('ServiceAccounts', subjects('ServiceAccount')),
];
