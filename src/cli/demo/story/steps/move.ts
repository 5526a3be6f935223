import type { MeshStorVolume } from '../../../../api/model';
import { podName } from '../kubernetes';
import type { Stage } from '../stage';
import type { Told } from '../teller';
import { sha256, type Files } from './data';

/** The pod starts anew on the node of the other half, and finds there what it wrote. */
export async function move(
  { local, watch, kubernetes, clock }: Stage,
  volume: MeshStorVolume,
  written: Files,
  signal: AbortSignal,
): Promise<Told<MeshStorVolume>> {
  const { seen, changes } = watch;
  const { nodeName: from, partitions = [] } = volume.status!;
  const to = partitions.map(({ nodeID }) => nodeID).find((node) => node !== from)!;
  const began = clock.now();
  await kubernetes.deletePod();
  await changes.until(() => (seen.pods.find(podName) ? undefined : true), signal);
  await kubernetes.createPod(to);
  await changes.until(() => (seen.pods.find(podName)?.status?.phase === 'Running' ? true : undefined), signal);
  const offlineMs = clock.now() - began;
  const moved = (await kubernetes.volume(volume.metadata.name)) as MeshStorVolume;
  const { nodeName, owner } = moved.status!;
  if (nodeName !== to) throw new Error(`pod ${podName} runs on ${to}, but its volume is on ${nodeName}`);
  if (sha256(await filesOf(local.cluster, written)) !== sha256(written)) {
    throw new Error(`pod ${podName} does not find on ${to} what it wrote on ${from}`);
  }
  return {
    value: moved,
    said: [
      `pod/${podName} runs on ${to}: the array was taken apart on ${from} and put together on ${to}, ` +
        `by the right of epoch ${owner?.epoch}. All ${written.size} files are as they were written.`,
    ],
    result: { from, to, epoch: owner?.epoch, offlineMs, files: written.size },
    proven: `The volume followed its pod from ${from} to ${to} and brought all ${written.size} files along.`,
  };
}

async function filesOf(cluster: Stage['local']['cluster'], written: Files): Promise<Files> {
  const mount = cluster.enter(podName);
  try {
    const found = new Map<string, Buffer>();
    for (const name of written.keys()) found.set(name, await mount.readFile(name));
    return found;
  } finally {
    mount.close();
  }
}
