import { createHash } from 'node:crypto';
import { HostError } from '../../errors';
import type { DeletePartitionRequest, WipePartitionRequest, WipePartitionResponse } from '../../gen/host';
import type { Call } from '../call';
import * as door from '../door';
import { driveSubject } from '../drives/table';
import { lockKeys, type Host } from '../host';
import { provisionalUUID } from './create';
import { flush, requireZero, zero } from './erase';
import { findPartition, findPartitionIfAny, type Found } from './find';
import { nodeOf, type PartitionNode } from './block-device';
import { deleteEntry } from './table';
import { requireUnused } from './users';

const MiB = 1024 ** 2;

/** What one step should take: short against any deadline, long against starting a process. */
const stepMs = 500;
const firstStep = 16 * MiB;
const largestStep = 64 * 1024 * MiB;

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
    // The other half is for a step that takes longer than thought, and for the answer: on a machine that hardly gets
    // on, a call that missed its deadline would be repeated for ever from where it began.
    const half = call.left() / 2;
    const reached = await eraseFrom(host, node, offset, half, call);
    const inTime = reached === offset || call.left() >= half;
    if (reached < entry.size || !inTime) return { offsetBytes: reached, done: false };
    await flush(host, node, call);
    await requireZero(host, node, samplesOf(uuid, entry.size), call, driveSubject(drive.id));
    return { offsetBytes: entry.size, done: true };
  });
}

/** Erases step by step until the end, or until no more than `keepMs` are left; gives the offset up to which all is zero. */
async function eraseFrom(host: Host, node: PartitionNode, offset: number, keepMs: number, call: Call): Promise<number> {
  let at = Math.floor(offset / MiB) * MiB;
  let step = firstStep;
  while (at < node.sizeBytes) {
    const left = call.left() - keepMs;
    if (left <= 0 && at > offset) break;
    const length = Math.min(step, node.sizeBytes - at);
    const begun = call.clock.now();
    await zero(host, node, { offset: at, length }, call);
    at += length;
    step = nextStep(length, call.clock.now() - begun, left);
  }
  return at;
}

/** As much as takes `stepMs` at the speed just seen, and at most half of what time is left. */
function nextStep(bytes: number, ms: number, leftMs: number): number {
  const perMs = bytes / Math.max(1, ms);
  const wanted = perMs * Math.min(stepMs, leftMs / 2);
  return Math.min(largestStep, Math.max(MiB, Math.floor(wanted / MiB) * MiB));
}

const sampleBytes = 64 * 1024;
/** Each is a process of its own; erasing is a promise of the kernel, and this only a look whether the drive lies. */
const sampleCount = 6;

/** The first and the last MiB, and places that differ between partitions but not between calls. */
export function samplesOf(uuid: string, sizeBytes: number): { offset: number; length: number }[] {
  const ends = [0, Math.max(0, sizeBytes - MiB)].map((offset) => ({ offset, length: Math.min(MiB, sizeBytes) }));
  const places = Math.floor(sizeBytes / sampleBytes);
  const inside = Array.from({ length: sampleCount }, (_, i) => {
    const digest = createHash('sha256').update(`${uuid}/${i}`).digest();
    return { offset: (digest.readUIntBE(0, 6) % places) * sampleBytes, length: sampleBytes };
  });
  return [...ends, ...inside];
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
