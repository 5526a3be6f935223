import { ApiError } from './client';

/** What is read of a metav1.Status. */
interface Status {
  kind?: unknown;
  code?: unknown;
  reason?: unknown;
  message?: unknown;
  details?: { name?: unknown } | null;
}

/** The ApiError for a metav1.Status, or for whatever else stands in its place. */
export function apiErrorOf(value: unknown, fallbackCode: number): ApiError {
  const status: Status = typeof value === 'object' && value !== null ? value : {};
  const code = typeof status.code === 'number' && status.code >= 400 ? status.code : fallbackCode;
  const reason = typeof status.reason === 'string' && status.reason ? status.reason : reasonOf(code);
  const text = typeof value === 'string' ? value.slice(0, 300).trim() : JSON.stringify(value ?? null).slice(0, 300);
  const message = typeof status.message === 'string' && status.message ? status.message : text;
  return new ApiError(code, reason, message);
}

/**
 * Whether a 404 speaks of this very object. A path that is not served at all (the CRD is not installed, a
 * proxy's own page) also answers 404, and says nothing about the object.
 */
export function isAboutObject(value: unknown, name: string): boolean {
  const status = value as Status | null | undefined;
  return status?.kind === 'Status' && status.reason === 'NotFound' && status.details?.name === name;
}

/** What the API server would have named it, for answers by something in between. */
function reasonOf(code: number): string {
  const known: Record<number, string> = {
    400: 'BadRequest',
    401: 'Unauthorized',
    403: 'Forbidden',
    404: 'NotFound',
    409: 'Conflict',
    410: 'Expired',
    422: 'Invalid',
    429: 'TooManyRequests',
    500: 'InternalError',
    503: 'ServiceUnavailable',
    504: 'Timeout',
  };
  return known[code] ?? 'Unknown';
}
