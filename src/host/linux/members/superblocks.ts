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
  /** How often each was forgotten. */
  private readonly versions = new Map<string, number>();

  /** Undefined: not read since this agent started, or since something was told to write another one. */
  get(mapUUID: string): { superblock: Superblock | undefined } | undefined {
    return this.known.has(mapUUID) ? { superblock: this.known.get(mapUUID) } : undefined;
  }

  set(mapUUID: string, superblock: MdSuperblock | undefined): void {
    this.known.set(mapUUID, superblock && toSuperblock(superblock));
  }

  /** Gives what remembers the result of a read that begins now, unless the superblock is forgotten before it ends. */
  reading(mapUUID: string): (found: MdSuperblock | undefined) => void {
    const version = this.versions.get(mapUUID);
    return (found) => {
      if (this.versions.get(mapUUID) === version) this.set(mapUUID, found);
    };
  }

  forget(mapUUID: string): void {
    this.known.delete(mapUUID);
    this.versions.set(mapUUID, (this.versions.get(mapUUID) ?? 0) + 1);
  }

  /** Around all that gives members another identity: what was read before it ended, however it ended, counts no more. */
  async rewriting<T>(maps: readonly { readonly uuid: string }[], work: () => Promise<T>): Promise<T> {
    const forget = () => maps.forEach(({ uuid }) => this.forget(uuid));
    forget();
    try {
      return await work();
    } finally {
      forget();
    }
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
