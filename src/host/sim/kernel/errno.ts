/** What a system call of the simulated kernel (or a tool around it) fails with. */
export type Errno =
  | 'EBUSY'
  | 'ECONNREFUSED'
  | 'EALREADY'
  | 'EADDRNOTAVAIL'
  | 'EEXIST'
  | 'EINVAL'
  | 'EIO'
  | 'ENODEV'
  | 'ENOENT'
  | 'ENOSPC'
  | 'EROFS'
  | 'ETIMEDOUT';

export class KernelError extends Error {
  constructor(
    readonly code: Errno,
    message: string,
  ) {
    super(message);
    this.name = 'KernelError';
  }
}

/** Called once, when the operation ended. */
export type Done<T = void> = (error: KernelError | undefined, value?: T) => void;
