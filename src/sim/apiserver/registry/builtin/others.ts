import { invalid, type FieldError } from '../../errors/field';
import { deepEqual, numberAt, objectAt } from '../../object/json';
import { checkPathSegment } from '../../object/names';
import type { Obj } from '../../object/object';
import { bindingColumns, budgetColumns, createdColumns, leaseColumns, priorityClassColumns } from '../../print/others';
import type { ResourceType } from '../resource';
import { define } from './define';

function validateLease(lease: Obj): FieldError[] {
  const spec = objectAt(lease, 'spec');
  const errors: FieldError[] = [];
  const duration = numberAt(spec, 'leaseDurationSeconds');
  if (duration !== undefined && duration <= 0) {
    errors.push(invalid('spec.leaseDurationSeconds', duration, 'must be greater than 0'));
  }
  const transitions = numberAt(spec, 'leaseTransitions');
  if (transitions !== undefined && transitions < 0) {
    errors.push(invalid('spec.leaseTransitions', transitions, 'must be greater than or equal to 0'));
  }
  return errors;
}

function validateBinding(binding: Obj, old: Obj | undefined): FieldError[] {
  return old && !deepEqual(binding.roleRef, old.roleRef)
    ? [invalid('roleRef', binding.roleRef, 'cannot change roleRef')]
    : [];
}

function validatePriority(priority: Obj, old: Obj | undefined): FieldError[] {
  return old && priority.value !== old.value ? [invalid('value', priority.value, 'field is immutable')] : [];
}

const rbac = { group: 'rbac.authorization.k8s.io', version: 'v1', package: 'rbac' } as const;
const rbacStrategy = { checkName: checkPathSegment, createOnUpdate: true };

export const otherResources: readonly ResourceType[] = [
  define({
    group: 'coordination.k8s.io',
    version: 'v1',
    plural: 'leases',
    kind: 'Lease',
    namespaced: true,
    package: 'coordination',
    columns: leaseColumns,
    strategy: { createOnUpdate: true, validate: validateLease },
  }),
  define({
    group: 'policy',
    version: 'v1',
    plural: 'poddisruptionbudgets',
    kind: 'PodDisruptionBudget',
    namespaced: true,
    package: 'policy',
    shortNames: ['pdb'],
    status: true,
    columns: budgetColumns,
    strategy: {
      generation: true,
      prepareCreate: (budget) => {
        budget.status = { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 };
      },
    },
  }),
  define({
    group: 'scheduling.k8s.io',
    version: 'v1',
    plural: 'priorityclasses',
    kind: 'PriorityClass',
    namespaced: false,
    package: 'scheduling',
    shortNames: ['pc'],
    columns: priorityClassColumns,
    strategy: { generation: true, validate: validatePriority },
  }),
  ...(['Role', 'ClusterRole'] as const).map((kind) =>
    define({
      ...rbac,
      plural: `${kind.toLowerCase()}s`,
      kind,
      namespaced: kind === 'Role',
      columns: createdColumns,
      strategy: rbacStrategy,
    }),
  ),
  ...(['RoleBinding', 'ClusterRoleBinding'] as const).map((kind) =>
    define({
      ...rbac,
      plural: `${kind.toLowerCase()}s`,
      kind,
      namespaced: kind === 'RoleBinding',
      columns: bindingColumns,
      strategy: { ...rbacStrategy, validate: validateBinding },
    }),
  ),
];
