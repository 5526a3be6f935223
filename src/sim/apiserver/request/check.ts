import { invalidObject } from '../errors/status';
import type { Obj } from '../object/object';
import { checkRules } from '../schema/cel/evaluate';
import { validate } from '../schema/validate';
import { checkMetadata } from './checkmeta';
import { surroundings, type Core } from './core';
import type { Request } from './request';

/** Refuses an object that is not valid, with everything that is wrong with it. */
export function checkObject(core: Core, { type, version }: Request, object: Obj, old?: Obj): void {
  const errors = [...checkMetadata(type, object, old), ...validate(version.schema, object)];
  // Rules may assume that the value has the shape its schema says.
  if (errors.length === 0) errors.push(...checkRules(version.schema, object, old));
  if (type.strategy.validate) errors.push(...type.strategy.validate(object, old, surroundings(core)));
  if (errors.length > 0) throw invalidObject(type, object.metadata.name ?? '', errors);
}
