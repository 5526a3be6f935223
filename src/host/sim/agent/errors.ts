import { HostError, isHostError, type HostErrorKind } from '../../errors';
import { KernelError, type Errno } from '../kernel/errno';

const kinds: Record<Errno, HostErrorKind> = {
  EBUSY: 'Busy',
  EALREADY: 'Busy',
  EEXIST: 'Busy',
  ENOENT: 'NotFound',
  ENODEV: 'NotFound',
  ENOSPC: 'NoSpace',
  EINVAL: 'Invalid',
  EADDRNOTAVAIL: 'Invalid',
  EROFS: 'Invalid',
  EIO: 'Unreachable',
  ECONNREFUSED: 'Unreachable',
  ETIMEDOUT: 'Unreachable',
};

/** What a verb answers for whatever was thrown in it. */
export function hostErrorOf(
  verb: string,
  error: unknown,
  override: Partial<Record<Errno, HostErrorKind>> = {},
): HostError {
  if (isHostError(error)) return error;
  if (error instanceof KernelError) {
    return new HostError(override[error.code] ?? kinds[error.code], `${verb}: ${error.message}`, { cause: error });
  }
  return new HostError('Internal', `${verb}: ${String(error)}`, { cause: error });
}

/** Runs `work` with some errno meaning another kind than usual. */
export async function meaning<T>(
  verb: string,
  override: Partial<Record<Errno, HostErrorKind>>,
  work: () => Promise<T> | T,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw hostErrorOf(verb, error, override);
  }
}
