import { layoutOf, minimumVolumeBytes } from '../../api/layout';
import type { CapacityRange } from '../gen/csi';
import { CsiError, invalid } from '../status';

const MiB = 1024 ** 2;
/** Largest whole number of MiB that a JSON number holds exactly. */
const maximumVolumeBytes = Math.floor(Number.MAX_SAFE_INTEGER / MiB) * MiB;

const outOfRange = (message: string): CsiError => new CsiError('OUT_OF_RANGE', message);

/**
 * Bytes to provision: the request rounded up to what the layout allocates anyway, so that asking again
 * for what was answered gives the same. No request means the smallest volume.
 */
export function capacityOf(range: CapacityRange | undefined, drivesPerCopy: number): number {
  const { required, limit } = bounds(range);
  if (required !== 0n && required < BigInt(minimumVolumeBytes)) {
    throw invalid(`capacity_range.required_bytes ${required}: the minimum volume is 512 MiB (${minimumVolumeBytes})`);
  }
  const asked = required === 0n ? minimumVolumeBytes : Number(required);
  const { usableBytes } = layoutOf({ capacityBytes: asked, numberOfCopies: 1, drivesPerCopy });
  if (usableBytes > maximumVolumeBytes) {
    throw outOfRange(`capacity_range.required_bytes ${required}: the maximum volume is ${maximumVolumeBytes} bytes`);
  }
  if (limit !== 0n && BigInt(usableBytes) > limit) {
    throw outOfRange(`capacity_range: ${asked} bytes are allocated as ${usableBytes}, over limit_bytes ${limit}`);
  }
  return usableBytes;
}

/** Whether a volume of this size is an answer to the request. */
export function satisfies(capacityBytes: number, range: CapacityRange | undefined): boolean {
  const { required, limit } = bounds(range);
  const size = BigInt(capacityBytes);
  return size >= required && (limit === 0n || size <= limit);
}

function bounds(range: CapacityRange | undefined): { required: bigint; limit: bigint } {
  const required = BigInt(range?.requiredBytes ?? '0');
  const limit = BigInt(range?.limitBytes ?? '0');
  if (required < 0n || limit < 0n) throw outOfRange('capacity_range: a size must not be negative');
  if (limit !== 0n && limit < required) {
    throw outOfRange(`capacity_range: limit_bytes ${limit} is smaller than required_bytes ${required}`);
  }
  return { required, limit };
}
