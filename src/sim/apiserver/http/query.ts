import { unsupported } from '../errors/field';
import { badRequest, invalidObject } from '../errors/status';
import { isObject, numberAt, objectAt, stringAt, type Json } from '../object/json';
import type { Options } from '../request/request';

/** The options in the query of a request. Throws BadRequest on what cannot be read. */
export function optionsFromQuery(query: URLSearchParams): Options {
  const options: Options = {};
  const texts = [
    'labelSelector',
    'fieldSelector',
    'continue',
    'resourceVersion',
    'resourceVersionMatch',
    'fieldManager',
    'propagationPolicy',
  ] as const;
  for (const name of texts) {
    const value = query.get(name);
    if (value !== null && value !== '') options[name] = value;
  }
  for (const name of ['limit', 'timeoutSeconds', 'gracePeriodSeconds'] as const) {
    const value = query.get(name);
    if (value !== null && value !== '') options[name] = integer(value);
  }
  for (const name of ['allowWatchBookmarks', 'sendInitialEvents', 'force', 'orphanDependents'] as const) {
    const value = query.get(name);
    if (value !== null) options[name] = flag(value);
  }
  if (query.has('dryRun')) options.dryRun = dryRun(query.getAll('dryRun'));
  const validation = query.get('fieldValidation');
  if (validation) options.fieldValidation = fieldValidation(validation);
  return options;
}

export const flag = (value: string): boolean => value !== 'false' && value !== '0';

function integer(value: string): number {
  if (!/^-?\d+$/.test(value)) throw badRequest(`strconv.ParseInt: parsing "${value}": invalid syntax`);
  return Number(value);
}

function dryRun(values: readonly string[]): boolean {
  const wrong = values.find((value) => value !== 'All' && value !== '');
  if (wrong !== undefined)
    throw invalidObject({ group: 'meta.k8s.io', kind: 'WriteOptions' }, '', [unsupported('dryRun', wrong, ['All'])]);
  return values.includes('All');
}

function fieldValidation(value: string): Options['fieldValidation'] {
  if (value === 'Ignore' || value === 'Warn' || value === 'Strict') return value;
  throw badRequest(`fieldValidation: Unsupported value: "${value}": supported values: "Ignore", "Warn", "Strict"`);
}

/** The options in the body of a DELETE. */
export function optionsFromBody(body: Json | undefined): Options {
  if (!isObject(body)) return {};
  const options: Options = {};
  const grace = numberAt(body, 'gracePeriodSeconds');
  if (grace !== undefined) options.gracePeriodSeconds = grace;
  const policy = stringAt(body, 'propagationPolicy');
  if (policy !== undefined) options.propagationPolicy = policy;
  if (typeof body.orphanDependents === 'boolean') options.orphanDependents = body.orphanDependents;
  if (Array.isArray(body.dryRun) && body.dryRun.length > 0) options.dryRun = dryRun(body.dryRun as string[]);
  if (isObject(body.preconditions)) {
    const preconditions = objectAt(body, 'preconditions');
    const uid = stringAt(preconditions, 'uid');
    const resourceVersion = stringAt(preconditions, 'resourceVersion');
    options.preconditions = { ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) };
  }
  return options;
}
