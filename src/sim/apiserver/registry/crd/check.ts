import { invalid, required, forbidden, type FieldError } from '../../errors/field';
import { deepEqual, isObject, listAt, objectAt, stringAt, type Json, type JsonObject } from '../../object/json';
import { checkLabelName, checkSubdomain } from '../../object/names';
import type { Obj } from '../../object/object';
import { parseJsonPath } from '../../print/jsonpath';
import { checkStructural } from './structural';

const checked = new Set<string>();

/** What is wrong with a definition. */
export function checkDefinition(definition: Obj, old: Obj | undefined): FieldError[] {
  const spec = objectAt(definition, 'spec');
  const errors = [...checkIdentity(definition), ...(old ? checkUnchanged(spec, objectAt(old, 'spec')) : [])];
  // The same definition comes again with every status write and every new server.
  const text = JSON.stringify(spec);
  if (checked.has(text)) return errors;
  const found = checkVersions(spec);
  if (found.length === 0 && checked.size < 256) checked.add(text);
  return [...errors, ...found];
}

function checkIdentity(definition: Obj): FieldError[] {
  const spec = objectAt(definition, 'spec');
  const names = objectAt(spec, 'names');
  const [group, plural] = [stringAt(spec, 'group') ?? '', stringAt(names, 'plural') ?? ''];
  const errors: FieldError[] = [];
  if (definition.metadata.name !== `${plural}.${group}`) {
    errors.push(invalid('metadata.name', definition.metadata.name, 'must be spec.names.plural+"."+spec.group'));
  }
  if (!group.includes('.')) errors.push(invalid('spec.group', group, 'should be a domain with at least one dot'));
  errors.push(...checkSubdomain(group).map((problem) => invalid('spec.group', group, problem)));
  for (const field of ['plural', 'singular'] as const) {
    const name = stringAt(names, field) ?? '';
    errors.push(...checkLabelName(name).map((problem) => invalid(`spec.names.${field}`, name, problem)));
  }
  return errors;
}

/** A definition that is served keeps its scope and kind. */
function checkUnchanged(spec: JsonObject, before: JsonObject): FieldError[] {
  const fixed: [string, Json | undefined, Json | undefined][] = [
    ['spec.scope', spec.scope, before.scope],
    ['spec.group', spec.group, before.group],
    ['spec.names.kind', objectAt(spec, 'names').kind, objectAt(before, 'names').kind],
    ['spec.names.plural', objectAt(spec, 'names').plural, objectAt(before, 'names').plural],
  ];
  return fixed
    .filter(([, now, was]) => !deepEqual(now, was))
    .map(([field, now]) => invalid(field, now ?? null, 'field is immutable'));
}

function checkVersions(spec: JsonObject): FieldError[] {
  const versions = listAt(spec, 'versions').filter(isObject);
  const errors: FieldError[] = [];
  const stored = versions.filter((version) => version.storage === true).length;
  if (stored !== 1)
    errors.push(invalid('spec.versions', null, 'must have exactly one version marked as storage version'));
  if (spec.preserveUnknownFields === true) {
    errors.push(
      invalid(
        'spec.preserveUnknownFields',
        true,
        'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
      ),
    );
  }
  if (objectAt(spec, 'conversion').strategy === 'Webhook') {
    errors.push(forbidden('spec.conversion.strategy', 'this server has no conversion webhooks'));
  }
  versions.forEach((version, i) => errors.push(...checkVersion(version, `spec.versions[${i}]`)));
  return errors;
}

function checkVersion(version: JsonObject, field: string): FieldError[] {
  const schema = objectAt(version, 'schema').openAPIV3Schema;
  const at = `${field}.schema.openAPIV3Schema`;
  const columns = listAt(version, 'additionalPrinterColumns').filter(isObject);
  return [
    ...checkLabelName(stringAt(version, 'name') ?? '').map((problem) =>
      invalid(`${field}.name`, version.name, problem),
    ),
    ...(isObject(schema) ? checkStructural(schema, at) : [required(at, 'schemas are required')]),
    ...columns.flatMap((column, i) => checkColumn(column, `${field}.additionalPrinterColumns[${i}]`)),
  ];
}

const columnTypes = ['integer', 'number', 'string', 'boolean', 'date'];

function checkColumn(column: JsonObject, field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (!columnTypes.includes(stringAt(column, 'type') ?? '')) {
    errors.push(invalid(`${field}.type`, column.type, `must be one of ${columnTypes.join(',')}`));
  }
  try {
    parseJsonPath(stringAt(column, 'jsonPath') ?? '');
  } catch (error) {
    errors.push(invalid(`${field}.jsonPath`, column.jsonPath, (error as Error).message));
  }
  return errors;
}
