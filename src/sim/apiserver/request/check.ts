import type { FieldError } from '../errors/field';
import { invalidObject } from '../errors/status';
import type { Obj } from '../object/object';
import { checkRules } from '../schema/cel/evaluate';
import { validate } from '../schema/validate';
import { checkMetadata } from './check-metadata';
import { surroundings, type Core } from './core';
import type { Request } from './request';

/** Refuses an object that is not valid, with everything that is wrong with it. */
export function checkObject(core: Core, { type, version }: Request, object: Obj, old?: Obj): void {
  const found = validate(version.schema, object);
  const errors = [...checkMetadata(type, object, old), ...(type.strategy.typed ? found.filter(isEnforced) : found)];
  // Rules may assume that the value has the shape its schema says.
  if (errors.length === 0) errors.push(...checkRules(version.schema, object, old));
  if (type.strategy.validate) errors.push(...type.strategy.validate(object, old, surroundings(core)));
  if (errors.length > 0) throw invalidObject(type, object.metadata.name ?? '', errors);
}

/** Lists of built-in kinds in which the real server allows no name twice. In others, keys only guide merging. */
const distinct = /\.(containers|initContainers|volumes)\[\d+\]$/;

/**
 * Whether the real server, too, would find fault with it: for built-in kinds the schema says more than is
 * enforced. Nobody is held to a complete status.
 */
function isEnforced({ reason, field }: FieldError): boolean {
  if (reason === 'FieldValueRequired') return !field.startsWith('status.');
  return reason !== 'FieldValueDuplicate' || distinct.test(field);
}
