import { HostError } from '../../errors';
import type { Superblock } from '../../gen/host';
import type { Call } from '../call';
import type { Host } from '../host';
import { parseSuperblock, superblockBytes, superblockOffset, type MdSuperblock } from '../parse/superblock';
import { readBytes } from '../raw';

/**
 * md superblocks as they were last read, by UUID of the member's map: reading one means reading a device that may
 * hang, which must not happen whenever somebody looks at a stack.
 */
export class Superblocks {
  private readonly known = new Map<string, Superblock | undefined>();

  /** Undefined: never read since this agent started. */
  get(mapUUID: string): { superblock: Superblock | undefined } | undefined {
    return this.known.has(mapUUID) ? { superblock: this.known.get(mapUUID) } : undefined;
  }

  set(mapUUID: string, superblock: MdSuperblock | undefined): void {
    this.known.set(mapUUID, superblock && toSuperblock(superblock));
  }

  forget(mapUUID: string): void {
    this.known.delete(mapUUID);
  }
}

/**
 * The superblock on a device; undefined when there is none. Unreachable when the device cannot be read: mdadm
 * --examine would say that there is none.
 */
export async function readSuperblock(
  host: Host,
  device: string,
  call: Call,
  subject: string,
  capMs?: number,
): Promise<MdSuperblock | undefined> {
  const range = { offset: superblockOffset, length: superblockBytes };
  const block = await readBytes(host, device, range, call, subject, capMs);
  try {
    return parseSuperblock(block);
  } catch (error) {
    throw new HostError('Foreign', `${device} carries ${(error as Error).message}`, { cause: error });
  }
}

const toSuperblock = ({ arrayUUID, memberUUID, events }: MdSuperblock): Superblock => ({
  arrayUuid: arrayUUID,
  memberUuid: memberUUID,
  events,
});
