import { ageOf } from '../../object/duration';
import { isObject, listAt, numberAt, stringAt, type Json, type JsonObject } from '../../object/json';
import { ageColumn, nameColumn } from '../../print/column';
import { parseJsonPath } from '../../print/jsonpath';
import type { Column } from '../resource';

/** The columns of a custom resource: its name, and what its CRD says; the age when it says nothing. */
export function customColumns(version: JsonObject): readonly Column[] {
  const columns = listAt(version, 'additionalPrinterColumns').filter(isObject);
  const age: Column = { ...ageColumn, type: 'date' };
  return [nameColumn, ...(columns.length > 0 ? columns.map(customColumn) : [age])];
}

function customColumn(definition: JsonObject): Column {
  const path = parseJsonPath(stringAt(definition, 'jsonPath') ?? '');
  const type = stringAt(definition, 'type') ?? 'string';
  return {
    name: stringAt(definition, 'name') ?? '',
    type,
    format: stringAt(definition, 'format'),
    description: stringAt(definition, 'description'),
    priority: numberAt(definition, 'priority') ?? 0,
    cell: (object, { now }) => {
      const [value] = path(object);
      return value === undefined || value === null ? null : cell(type, value, now);
    },
  };
}

/** A value in a column of another type shows nothing, except that everything can be shown as text. */
function cell(type: string, value: Json, now: number): Json {
  switch (type) {
    case 'string':
      return typeof value === 'string' ? value : JSON.stringify(value);
    case 'date':
      return typeof value === 'string' ? ageOf(value, now) : null;
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    default:
      return null;
  }
}
