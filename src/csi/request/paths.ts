import { posix } from 'node:path';
import { invalid } from '../status';
import { hasControl, quote, required } from './text';

/** Linux's PATH_MAX, without the terminating NUL. */
const maxPathBytes = 4095;

/** A path the kubelet names. It must be spelled in the one canonical way, because mounts are compared by it. */
export function path(field: string, value: string): string {
  required(field, value);
  const why = pathFault(value);
  if (why) throw invalid(`${field} ${quote(value)} ${why}`);
  return value;
}

function pathFault(value: string): string | undefined {
  if (hasControl(value)) return 'contains control characters';
  if (!value.startsWith('/')) return 'is not absolute';
  if (Buffer.byteLength(value) > maxPathBytes) return `is longer than ${maxPathBytes} bytes`;
  if (value.split('/').includes('..')) return 'contains ".."';
  if (value === '/') return 'is the root directory';
  if (posix.normalize(value) !== value || value.endsWith('/')) return `is not normalised`;
  return undefined;
}
