import { duplicate, forbidden, invalid, required, type FieldError } from '../errors/field';
import { deepEqual } from '../object/json';
import { checkLabelName, checkLabelValue, checkQualifiedName, type NameCheck } from '../object/names';
import type { Meta, Obj, OwnerRef } from '../object/object';
import type { ResourceType } from '../registry/resource';

/** What is wrong with the metadata of an object; `old` is undefined for a creation. */
export function checkMetadata(type: ResourceType, { metadata }: Obj, old?: Obj): FieldError[] {
  const before = old?.metadata;
  return [
    ...(before ? checkUnchanged(metadata, before) : checkName(type, metadata)),
    // What was accepted once is not judged again: it is by far the most frequent case.
    ...(deepEqual(metadata.labels, before?.labels) ? [] : checkLabels(metadata)),
    ...(deepEqual(metadata.annotations, before?.annotations) ? [] : checkAnnotations(metadata)),
    ...(deepEqual(metadata.finalizers, before?.finalizers) ? [] : checkFinalizers(type, metadata, before)),
    ...(deepEqual(metadata.ownerReferences, before?.ownerReferences) ? [] : checkOwners(metadata)),
  ];
}

function checkName({ namespaced, strategy }: ResourceType, metadata: Meta): FieldError[] {
  const errors: FieldError[] = [];
  if (!metadata.name) errors.push(required('metadata.name', 'name or generateName is required'));
  else errors.push(...problems(strategy.checkName, metadata.name, 'metadata.name'));
  if (!namespaced && metadata.namespace) errors.push(forbidden('metadata.namespace', 'not allowed on this type'));
  if (namespaced && !metadata.namespace) errors.push(required('metadata.namespace'));
  else if (metadata.namespace) errors.push(...problems(checkLabelName, metadata.namespace, 'metadata.namespace'));
  return errors;
}

const problems = (check: NameCheck, value: string, field: string): FieldError[] =>
  check(value).map((problem) => invalid(field, value, problem));

const immutable = ['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp'] as const;

function checkUnchanged(metadata: Meta, before: Meta): FieldError[] {
  return immutable
    .filter((name) => metadata[name] !== before[name])
    .map((name) => invalid(`metadata.${name}`, metadata[name], 'field is immutable'));
}

function checkLabels({ labels = {} }: Meta): FieldError[] {
  return Object.entries(labels).flatMap(([key, value]) => [
    ...problems(checkQualifiedName, key, 'metadata.labels'),
    ...problems(checkLabelValue, value, 'metadata.labels'),
  ]);
}

const maxAnnotationBytes = 256 * 1024;

function checkAnnotations({ annotations = {} }: Meta): FieldError[] {
  const entries = Object.entries(annotations);
  const errors = entries.flatMap(([key]) =>
    checkQualifiedName(key.toLowerCase()).map((problem) => invalid('metadata.annotations', key, problem)),
  );
  const bytes = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  if (bytes > maxAnnotationBytes) {
    errors.push({
      reason: 'FieldValueTooLong',
      field: 'metadata.annotations',
      body: `Too long: may not be more than ${maxAnnotationBytes} bytes`,
    });
  }
  return errors;
}

/** Finalizers without a domain that built-in kinds may have. */
const standardFinalizers = ['kubernetes', 'orphan', 'foregroundDeletion'];

function checkFinalizers(
  { strategy, group }: ResourceType,
  { finalizers = [], deletionTimestamp }: Meta,
  before: Meta | undefined,
): FieldError[] {
  const field = 'metadata.finalizers';
  const errors = finalizers.flatMap((name) => problems(checkQualifiedName, name, field));
  finalizers.forEach((name, i) => {
    if (strategy.typed && group !== 'apiextensions.k8s.io' && !name.includes('/') && !standardFinalizers.includes(name))
      errors.push(
        invalid(`${field}[${i}]`, name, 'name is neither a standard finalizer name nor is it fully qualified'),
      );
  });
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    errors.push(invalid(field, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'));
  }
  const added = deletionTimestamp ? finalizers.filter((name) => !before?.finalizers?.includes(name)) : [];
  if (added.length > 0) {
    const list = added.map((name) => `"${name}"`).join(', ');
    errors.push(
      forbidden(
        field,
        `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`,
      ),
    );
  }
  return errors;
}

function checkOwners({ ownerReferences = [] }: Meta): FieldError[] {
  const errors: FieldError[] = [];
  ownerReferences.forEach((owner, i) => {
    const field = 'metadata.ownerReferences';
    for (const name of ['apiVersion', 'kind', 'name', 'uid'] as const) {
      if (!owner[name])
        errors.push(invalid(`${field}.${name}`, '', `${name === 'apiVersion' ? 'version' : name} must not be empty`));
    }
    if (ownerReferences.findIndex(({ uid }) => uid === owner.uid) < i)
      errors.push(duplicate(`${field}.uid`, owner.uid));
  });
  const controllers = ownerReferences.filter(({ controller }) => controller);
  if (controllers.length > 1) {
    const [first, second] = controllers as [OwnerRef, OwnerRef];
    errors.push(
      invalid(
        'metadata.ownerReferences',
        null,
        `Only one reference can have Controller set to true. Found "true" in references for ${first.kind}/${first.name} and ${second.kind}/${second.name}`,
      ),
    );
  }
  return errors;
}
