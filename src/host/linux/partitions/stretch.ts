import { createHash } from 'node:crypto';
import type { Call } from '../call';
import type { Host } from '../host';
import type { PartitionNode } from './block-device';
import { zero } from './erase';

const MiB = 1024 ** 2;

/** What one step should take: short against any deadline, long against starting a process. */
const stepMs = 500;
const firstStep = 16 * MiB;
const largestStep = 64 * 1024 * MiB;

/** Erases step by step until the end, or until no more than `keepMs` are left; gives the offset up to which all is zero. */
export async function eraseFrom(
  host: Host,
  node: PartitionNode,
  offset: number,
  keepMs: number,
  call: Call,
): Promise<number> {
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
