import { HostError, type HostErrorKind } from '../host/errors';
import { ApiError } from '../runtime/kube/client';

/** Names of the gRPC status codes the CSI services answer with. */
export type Code =
  | 'CANCELLED'
  | 'INVALID_ARGUMENT'
  | 'DEADLINE_EXCEEDED'
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  | 'PERMISSION_DENIED'
  | 'RESOURCE_EXHAUSTED'
  | 'FAILED_PRECONDITION'
  | 'ABORTED'
  | 'OUT_OF_RANGE'
  | 'UNIMPLEMENTED'
  | 'INTERNAL'
  | 'UNAVAILABLE';

/** A failure as the caller will see it: the code decides who retries, the message is for people. */
export class CsiError extends Error {
  constructor(
    readonly code: Code,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'CsiError';
  }
}

export const invalid = (message: string): CsiError => new CsiError('INVALID_ARGUMENT', message);
export const precondition = (message: string): CsiError => new CsiError('FAILED_PRECONDITION', message);
export const notFound = (message: string): CsiError => new CsiError('NOT_FOUND', message);

/** The code for each way a host verb can fail. Only INTERNAL is a defect; the rest says what to wait for or mend. */
const hostCodes: Record<HostErrorKind, Code> = {
  NotFound: 'UNAVAILABLE',
  Busy: 'ABORTED',
  NoSpace: 'RESOURCE_EXHAUSTED',
  Unreachable: 'UNAVAILABLE',
  Foreign: 'FAILED_PRECONDITION',
  Invalid: 'FAILED_PRECONDITION',
  Timeout: 'DEADLINE_EXCEEDED',
  Internal: 'INTERNAL',
};

/**
 * The one place that turns an error into an answer. Undefined for an error nobody expected: the caller of this
 * function logs it and tells the wire no more than where to find it.
 */
export function asCsiError(error: unknown): CsiError | undefined {
  if (error instanceof CsiError) return error;
  if (error instanceof ApiError) {
    return new CsiError(apiCode(error), `the API server refused: ${error.message}`, { cause: error });
  }
  if (error instanceof HostError && error.kind !== 'Internal') {
    return new CsiError(hostCodes[error.kind], error.message, { cause: error });
  }
  return undefined;
}

function apiCode({ code, reason }: ApiError): Code {
  if (reason === 'AlreadyExists') return 'ALREADY_EXISTS';
  if (code === 409 || code === 410) return 'ABORTED';
  if (code === 422) return 'INVALID_ARGUMENT';
  if (code === 401 || code === 403) return 'PERMISSION_DENIED';
  if (code === 404) return 'FAILED_PRECONDITION';
  if (code === 429 || code >= 500) return 'UNAVAILABLE';
  return 'INTERNAL';
}
