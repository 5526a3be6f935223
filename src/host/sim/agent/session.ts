import { HostError } from '../../errors';
import type { DriveDevice } from '../kernel/drives';
import type { Host } from './host';

export const sessionOf = (bootId: string, device: DriveDevice): string => `${bootId}.${device.number}`;

/** Throws Unreachable unless the drive is in this session; an empty one stands for any. */
export function requireSession({ facts }: Pick<Host, 'facts'>, device: DriveDevice, session: string): void {
  if (session === '' || sessionOf(facts.bootId, device) === session) return;
  throw new HostError('Unreachable', `drive ${device.name} was interrupted since it was looked at`);
}
