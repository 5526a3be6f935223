import { HostError } from '../../errors';
import type { DeletePartitionRequest, WipePartitionRequest, WipePartitionResponse } from '../../gen/host';
import type { Call } from '../call';
import * as door from '../door';
import { driveSubject } from '../drives/table';
import { lockKeys, type Host } from '../host';
import { provisionalUUID } from './create';
import { flush, requireZero } from './erase';
import { findPartition, findPartitionIfAny, type Found } from './find';
import { nodeOf } from './block-device';
import { eraseFrom, samplesOf } from './stretch';
import { deleteEntry } from './table';
import { requireUnused } from './users';

export async function wipePartition(
  host: Host,
  request: WipePartitionRequest,
  call: Call,
): Promise<WipePartitionResponse> {
  const uuid = door.uuid('uuid', request.uuid);
  const offset = door.bytes('offset_bytes', request.offsetBytes, 0);
  return host.locks.run(lockKeys.partition(uuid), call, async () => {
    const { drive, entry } = await findPartition(host, uuid, call);
    if (offset > entry.size) {
      throw new HostError('Invalid', `offset ${offset} is beyond the ${entry.size} bytes of partition ${uuid}`);
    }
    const node = await nodeOf(host, { drive, entry }, call);
    await requireUnused(host, uuid, node);
    // The other half is for a step that takes longer than thought, and for the answer: where starting a
    // program takes seconds, a call that missed its deadline would be repeated for ever from where it began.
    const half = call.left() / 2;
    const reached = await eraseFrom(host, node, offset, half, call);
    const inTime = reached === offset || call.left() >= half;
    // Nobody erases again what this answer counts as erased: a loss of power must not bring it back.
    await flush(host, node, call);
    if (reached < entry.size || !inTime) return { offsetBytes: reached, done: false };
    await requireZero(host, node, samplesOf(uuid, entry.size), call, driveSubject(drive.id));
    return { offsetBytes: entry.size, done: true };
  });
}

export async function deletePartition(host: Host, request: DeletePartitionRequest, call: Call): Promise<object> {
  const uuid = door.uuid('uuid', request.uuid);
  return host.locks.run(lockKeys.partition(uuid), call, async () => {
    // Also what an attempt to make it left behind.
    const found =
      (await findPartitionIfAny(host, uuid, call)) ?? (await findPartitionIfAny(host, provisionalUUID(uuid), call));
    if (found) await remove(host, found, call);
    host.lastSeenOn.delete(uuid);
    return {};
  });
}

async function remove(host: Host, { drive, entry }: Found, call: Call): Promise<void> {
  await host.locks.run(lockKeys.drive(drive.id), call, async () => {
    // The table is read again under the lock: numbers are given anew.
    const again = await findPartitionIfAny(host, entry.uuid, call);
    if (!again) return;
    await requireUnused(host, entry.uuid, await nodeOf(host, again, call));
    await deleteEntry(host, again.drive, again.entry, call);
  });
}
