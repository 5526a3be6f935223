import { conditionTypes } from './conditions';
import type { MeshStorNodeDevice } from './model';
import { isSilent } from './silence';
import { conditionOf } from './volume';

/** When the drive's node last reported it; NaN: never. */
export const reportedAt = ({ status }: MeshStorNodeDevice): number => Date.parse(status?.updatedAt ?? '');

/**
 * Why a drive takes no new partition, whatever its size, in words; undefined: it does. What is placed and what is
 * offered both go by this, so that nothing is offered that would be refused.
 */
export function exclusionOf(device: MeshStorNodeDevice, nodeIsDead: boolean, now: number): string | undefined {
  if (device.spec.cordoned) return 'is cordoned';
  if (device.spec.evacuate) return 'is being emptied';
  const reported = reportedAt(device);
  if (Number.isNaN(reported)) return 'was never reported';
  // Not how long ago: words that change by themselves would be written again and again.
  if (isSilent(reported, now)) return `was last heard of at ${new Date(reported).toISOString().slice(0, 19)}Z`;
  const usable = conditionOf(device, conditionTypes.usable);
  if (usable?.status !== 'True') return `cannot be used: ${usable?.message ?? 'not checked yet'}`;
  return nodeIsDead ? 'is on a node that is not heard of' : undefined;
}
