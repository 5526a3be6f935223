import { quantity } from '../../../../api/quantity';
import type { MeshStorVolume } from '../../../../api/model';
import type { Progress } from '../progress';
import type { Stage } from '../stage';
import type { Told } from '../teller';

/** The mirror gets in sync; its percentage rose while it did. */
export async function sync(
  { watch, kubernetes }: Stage,
  progress: Progress,
  signal: AbortSignal,
): Promise<Told<MeshStorVolume>> {
  const name = await watch.changes.until(() => {
    const [volume] = watch.seen.volumes.objects;
    return volume?.status?.phase === 'Synced' ? volume.metadata.name : undefined;
  }, signal);
  const volume = await kubernetes.volume(name);
  const { ready, inSync = [], partitions = [], nodeName } = volume.status ?? {};
  if (ready !== '2/2' || inSync.length !== 2) {
    throw new Error(
      `volume ${name} is Synced, but READY is ${ready} and ${inSync.length} members are recorded in sync`,
    );
  }
  const { fractions, bytesPerSecond } = progress;
  if (fractions.length < 2 || fractions.some((fraction, index) => fraction < (fractions[index - 1] ?? 0))) {
    throw new Error(`the percentage of volume ${name} did not rise as it should: ${fractions.join(', ')}`);
  }
  const remote = partitions.map(({ nodeID }) => nodeID).filter((node) => node !== nodeName);
  return {
    value: volume as MeshStorVolume,
    said: [
      `READY 2/2: one half on ${nodeName}, the other on ${remote.join(', ')}, at ${quantity(bytesPerSecond ?? 0)}B/s.`,
    ],
    result: {
      ready,
      percentages: fractions.map((fraction) => Math.round(fraction * 1000) / 10),
      bytesPerSecond,
      partitions,
    },
    proven: `Its volume became a mirror in sync, one half on ${nodeName}, the other on ${remote.join(', ')}.`,
  };
}
