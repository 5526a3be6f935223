import { isObject, listAt, objectAt, stringAt, type JsonObject } from '../object/json';
import type { Labels } from './labels';

/** Whether labels match a metav1.LabelSelector. One that says nothing matches everything. */
export function matchesLabelSelector(selector: JsonObject, labels: Labels = {}): boolean {
  const wanted = Object.entries(objectAt(selector, 'matchLabels'));
  if (!wanted.every(([key, value]) => labels[key] === value)) return false;
  return listAt(selector, 'matchExpressions')
    .filter(isObject)
    .every((expression) => matchesExpression(expression, labels));
}

function matchesExpression(expression: JsonObject, labels: Readonly<Record<string, string>>): boolean {
  const value = labels[stringAt(expression, 'key') ?? ''];
  const values = listAt(expression, 'values');
  switch (stringAt(expression, 'operator')) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}
