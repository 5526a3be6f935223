import { ApiError } from '../../../runtime/kube/client';
import type { JsonObject } from '../object/json';
import { qualified } from '../object/object';
import type { FieldError } from './field';

export interface Cause {
  reason?: string;
  message?: string;
  field?: string;
}

export interface Details {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: Cause[];
  retryAfterSeconds?: number;
}

/** A refusal with everything metav1.Status carries. */
export class StatusError extends ApiError {
  constructor(
    code: number,
    reason: string,
    message: string,
    readonly details?: Details,
    /** For an expired list: a token that goes on with inconsistent data. */
    readonly listContinue?: string,
  ) {
    super(code, reason, message);
    this.name = 'StatusError';
  }
}

/** What errors name: the resource (plural) and its group. */
export interface Named {
  readonly group: string;
  readonly plural: string;
}

export function toStatus(error: unknown): JsonObject {
  const status =
    error instanceof StatusError
      ? error
      : error instanceof ApiError
        ? new StatusError(error.code, error.reason, error.message)
        : internal(error instanceof Error ? error.message : String(error));
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: status.listContinue ? { continue: status.listContinue } : {},
    status: 'Failure',
    message: status.message,
    ...(status.reason ? { reason: status.reason } : {}),
    ...(status.details ? { details: status.details as JsonObject } : {}),
    code: status.code,
  };
}

const of = ({ group, plural }: Named, name?: string): Details => ({
  ...(name ? { name } : {}),
  ...(group ? { group } : {}),
  kind: plural,
});

export const notFound = (resource: Named, name: string): StatusError =>
  new StatusError(
    404,
    'NotFound',
    `${qualified(resource.plural, resource.group)} "${name}" not found`,
    of(resource, name),
  );

/** The path itself names nothing that is served. */
export const noSuchPath = (): StatusError =>
  new StatusError(404, 'NotFound', 'the server could not find the requested resource', {});

export const alreadyExists = (resource: Named, name: string, goingAway = false): StatusError =>
  new StatusError(
    409,
    'AlreadyExists',
    `${goingAway ? 'object is being deleted: ' : ''}${qualified(resource.plural, resource.group)} "${name}" already exists`,
    of(resource, name),
  );

export const conflict = (resource: Named, name: string, why = optimisticLock): StatusError =>
  new StatusError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(resource.plural, resource.group)} "${name}": ${why}`,
    of(resource, name),
  );
const optimisticLock = 'the object has been modified; please apply your changes to the latest version and try again';

/** 409 of a server-side apply that would take fields from other managers. */
export const applyConflict = (message: string, causes: Cause[]): StatusError =>
  new StatusError(409, 'Conflict', message, { causes });

export const badRequest = (message: string): StatusError => new StatusError(400, 'BadRequest', message);

export const forbiddenBy = (resource: Named, name: string, why: string, causes?: Cause[]): StatusError =>
  new StatusError(
    403,
    'Forbidden',
    `${qualified(resource.plural, resource.group)}${name ? ` "${name}"` : ''} is forbidden: ${why}`,
    { ...of(resource, name), ...(causes ? { causes } : {}) },
  );

export const unauthorized = (): StatusError => new StatusError(401, 'Unauthorized', 'Unauthorized');

export const expired = (message: string, listContinue?: string): StatusError =>
  new StatusError(410, 'Expired', message, undefined, listContinue);

export const internal = (message: string): StatusError =>
  new StatusError(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] });

export const methodNotAllowed = (): StatusError =>
  new StatusError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});

export const unsupportedMediaType = (accepted: readonly string[]): StatusError =>
  new StatusError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  );

export const notAcceptable = (accepted: readonly string[]): StatusError =>
  new StatusError(406, 'NotAcceptable', `only the following media types are accepted: ${accepted.join(', ')}`);

export const tooManyRequests = (message: string, causes: Cause[], retryAfterSeconds: number): StatusError =>
  new StatusError(429, 'TooManyRequests', message, { causes, ...(retryAfterSeconds ? { retryAfterSeconds } : {}) });

/** A version newer than any the server has. */
export const tooLargeResourceVersion = (asked: number, current: number): StatusError =>
  new StatusError(504, 'Timeout', `Timeout: Too large resource version: ${asked}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });

/** 422 with one cause per violation. `kind` is what the message calls the object. */
export function invalidObject(
  { group, kind }: { group: string; kind: string },
  name: string,
  errors: readonly FieldError[],
): StatusError {
  const texts = [...new Set(errors.map(({ field, body }) => (field ? `${field}: ${body}` : body)))];
  return new StatusError(
    422,
    'Invalid',
    `${qualified(kind, group)} "${name}" is invalid: ${texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`}`,
    {
      ...(name ? { name } : {}),
      ...(group ? { group } : {}),
      kind,
      causes: errors.map(({ reason, field, body }) => ({ reason, message: body, field })),
    },
  );
}
