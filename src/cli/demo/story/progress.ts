import { quantity } from '../../../api/quantity';
import type { MeshStorPartition, MeshStorVolume } from '../../../api/model';
import type { Picture } from '../show/show';
import type { Seen } from '../watch';

interface Sample {
  readonly atMs: number;
  readonly fraction: number;
}

/** Rate and remaining time of a synchronisation, from the percentages that were reported. */
export class Progress {
  readonly #samples: Sample[] = [];

  constructor(private readonly totalBytes: number) {}

  /** Takes note of a percentage such as `12.5%`, once each. */
  note(percentage: string | undefined, nowMs: number): void {
    if (!percentage) return;
    const fraction = parseFloat(percentage) / 100;
    if (fraction !== this.#samples.at(-1)?.fraction) this.#samples.push({ atMs: nowMs, fraction });
  }

  /** Every percentage seen, in order, from 0 to 1. */
  get fractions(): number[] {
    return this.#samples.map(({ fraction }) => fraction);
  }

  /** Unknown before the second percentage. */
  get bytesPerSecond(): number | undefined {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (!first || !last || last.atMs <= first.atMs) return undefined;
    return ((last.fraction - first.fraction) * this.totalBytes * 1000) / (last.atMs - first.atMs);
  }

  get secondsLeft(): number | undefined {
    const rate = this.bytesPerSecond;
    const done = this.#samples.at(-1)?.fraction ?? 0;
    return rate ? ((1 - done) * this.totalBytes) / rate : undefined;
  }

  /** `42.0%  402Mi/s  5 s left` */
  get text(): string {
    const [last, rate, left] = [this.#samples.at(-1), this.bytesPerSecond, this.secondsLeft];
    if (!last) return '';
    const parts = [`${(last.fraction * 100).toFixed(1)}%`.padStart(5)];
    if (rate && left !== undefined) parts.push(`${quantity(rate)}B/s`, `${Math.ceil(left)} s left`);
    return parts.join('  ');
  }
}

/** The volume as `kubectl get msvol -w` shows it, and a bar for each of its halves. */
export function pictureOf({ volumes, partitions }: Seen, progress: Progress): Picture | undefined {
  const [volume] = volumes.objects;
  if (!volume) return undefined;
  const bars = (volume.status?.partitions ?? []).map((half) => {
    const state = half.state;
    const done = state === 'Synced' ? 1 : state === 'Syncing' ? (progress.fractions.at(-1) ?? 0) : 0;
    const where = placeOf(volume, partitions.find(half.name));
    const note = state === 'Syncing' ? progress.text : quantity(half.sizeBytes ?? 0);
    return { labels: [half.nodeID, half.device ?? '', where, state], done, note };
  });
  return { command: 'kubectl get msvol -w', table: volumes.table(), dispensable: ['AGE'], bars };
}

/** How the node that uses the volume gets at this half. */
export function placeOf(volume: MeshStorVolume, partition: MeshStorPartition | undefined): string {
  if (!partition) return '';
  return partition.spec.nodeName === volume.status?.owner?.nodeName ? 'local' : 'over NVMe/TCP';
}
