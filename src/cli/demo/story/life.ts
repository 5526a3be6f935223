import { layoutOf } from '../../../api/layout';
import { quantity } from '../../../api/quantity';
import type { MeshStorVolume } from '../../../api/model';
import type { Picture } from '../show/show';
import type { Seen } from '../watch';
import { explain } from './explain';
import { pictureOf, Progress } from './progress';
import type { Stage } from './stage';
import { claim } from './steps/claim';
import { data } from './steps/data';
import { halves } from './steps/halves';
import { move } from './steps/move';
import { pod } from './steps/pod';
import { freeSpace, removal } from './steps/removal';
import { start } from './steps/start';
import { sync } from './steps/sync';
import type { Teller } from './teller';

/** The life of a volume, told from the first node to the last wiped block. Rejects at the first thing that is not so. */
export async function life(teller: Teller, open: () => Promise<Stage>): Promise<void> {
  const { stage, free } = await teller.step('cluster', async (signal) => {
    const stage = await open();
    teller.explain = () => explain(stage.watch.seen);
    const told = await start(stage, signal);
    return { ...told, value: { stage, free: freeSpace(stage.watch.seen.devices.objects) } };
  });
  const { watch, clock } = stage;
  let progress: Progress | undefined;
  const draw = () => {
    const [volume] = watch.seen.volumes.objects;
    if (!volume) return;
    progress ??= new Progress(layoutOf(volume.spec).usableBytes);
    progress.note(volume.status?.syncPercentage, clock.now());
    teller.picture(pictureOf(watch.seen, progress));
  };
  await teller.step('claim', () => claim(stage));
  const { files, volume } = await teller.watching(watch.changes, draw, async () => {
    await teller.step('pod', (signal) => pod(stage, signal));
    const files = await teller.step('data', () => data(stage));
    return { files, volume: await teller.step('sync', (signal) => sync(stage, progress!, signal)) };
  });
  await teller.step('halves', () => halves(stage, volume, files));
  await teller.watching(watch.changes, draw, () => teller.step('move', (signal) => move(stage, volume, files, signal)));
  await teller.watching(
    watch.changes,
    () => teller.picture(erasing(watch.seen, volume)),
    () => teller.step('removal', (signal) => removal(stage, volume, free, signal)),
  );
}

/** The drives that held the volume, and how far its partitions are erased. */
function erasing({ devices, partitions }: Seen, volume: MeshStorVolume): Picture {
  const used = new Set((volume.status?.partitions ?? []).map(({ nodeID, device }) => `${nodeID}/${device}`));
  const bars = partitions.objects
    .filter(({ metadata }) => metadata.deletionTimestamp)
    .map(({ spec, status }) => {
      const done = (status?.wipe?.bytesDone ?? 0) / spec.sizeBytes;
      return { labels: [spec.nodeName, spec.device, 'erasing'], done, note: quantity(spec.sizeBytes) };
    });
  return {
    command: 'kubectl get msnd -w',
    table: devices.table(({ spec }) => used.has(`${spec.node}/${spec.device}`)),
    dispensable: ['UPDATEDAT', 'MULTIQUEUE', 'SECTORSIZE', 'MODEL', 'UNKNOWNPARTITIONS'],
    bars,
  };
}
