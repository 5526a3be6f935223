import { LabWriter, type LabNode } from '../../test/lab';
import type { LabWorld } from '../../test/kernel/volume/lab-world';
import { atLeast, atMost, plain, type Figure } from '../figure';
import type { Progress } from '../suite';
import { SyncStopwatch } from './stopwatch';
import { BenchVolume } from './volume';

const bytes = 4 * 1024 ** 3;
/** Of the volume, while its other half is away: 1 %. */
const changedMiB = 40;

/** What a writer feels of a lost member, and what its return costs. */
export async function lossFigures(world: LabWorld, progress: Progress): Promise<Figure[]> {
  const [consumer] = world.nodes as [string];
  const node = world.node(consumer);
  const volume = new BenchVolume(world, 'pvc-bench-loss', consumer);
  progress('a volume of 4 GiB, whose second half is synchronised in full');
  const first = await SyncStopwatch.start(node);
  await volume.create(bytes);
  const full = await first.read();
  await volume.attach();
  await volume.stage();
  await volume.synced();
  const provider = world.node(
    (await volume.partitions()).find(({ spec }) => spec.nodeName !== consumer)!.spec.nodeName,
  );

  progress('the link to the second half is cut, and healed when 1 % has changed');
  await provider.cutLink();
  await volume.degraded();
  await node.must(`dd if=/dev/urandom of=${volume.staging}/changed bs=1M count=${changedMiB} conv=fsync status=none`);
  const again = await SyncStopwatch.start(node);
  await provider.healLink();
  const returned = await again.read();
  await volume.synced();

  progress('its export ends, as when its node shuts down');
  const { nqn } = (await volume.partitions()).find(({ spec }) => spec.nodeName !== consumer)!.status!.export!;
  const stopped = await stallOf(node, volume, () => endExport(provider, nqn!));
  await world.cluster.processes(provider.name).kill('node');
  await world.cluster.processes(provider.name).restart('node');
  await volume.synced();
  progress('its node loses power');
  const cut = await stallOf(node, volume, () => provider.powerCut());
  await world.cluster.boot(provider.name);
  await volume.synced();
  await volume.unstage();
  await volume.detach();
  await volume.delete();
  return figures({ full: full.ms, returned: returned.ms, stopped, cut });
}

/** Milliseconds of the longest of a writer's writes of 4 KiB, O_DSYNC, while the other half goes. */
async function stallOf(node: LabNode, volume: BenchVolume, lose: () => Promise<unknown>): Promise<number> {
  const writer = await LabWriter.start(node, `${volume.staging}/written`);
  await writer.progress(200);
  const usual = writer.longestMs;
  await lose();
  await volume.degraded();
  await writer.progress(200, 120_000);
  await writer.stop();
  return Math.max(writer.longestMs, usual);
}

/** The lab's drives are exports of the same kernel: only the volume's own ends. */
const endExport = (provider: LabNode, nqn: string): Promise<string> =>
  provider.must(`rm /sys/kernel/config/nvmet/ports/*/subsystems/${nqn}`);

function figures({ full, returned, stopped, cut }: Record<'full' | 'returned' | 'stopped' | 'cut', number>): Figure[] {
  const stall = `longest of a stream of 4 KiB writes with O_DSYNC on a mounted two-copy volume, one round`;
  return [
    atLeast(20, {
      name: 'return by the bitmap against a full synchronisation',
      value: full / returned,
      unit: 'times faster',
      how: `4 GiB, ${changedMiB} MiB changed while the half was away; recovery's begin to its end in sysfs: ${full.toFixed(0)} and ${returned.toFixed(0)} ms`,
    }),
    atMost(4_000, { name: 'I/O stall when a member loses power', value: cut, unit: 'ms', how: stall }),
    atMost(500, { name: 'I/O stall when a member’s export ends', value: stopped, unit: 'ms', how: stall }),
    plain({ name: 'return of a half by the bitmap', value: returned, unit: 'ms', how: 'see the ratio' }),
  ];
}
