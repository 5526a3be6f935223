import type { LabWorld } from '../../test/kernel/volume/lab-world';
import type { LabNode } from '../../test/lab';
import { atLeast, plain, type Figure } from '../figure';
import type { Progress } from '../suite';
import { median } from './median';
import { SyncStopwatch } from './stopwatch';
import { BenchVolume } from './volume';

const rounds = 3;
const volumeBytes = 1024 ** 3;

/** The synchronisation of a new half, by MeshStor and by md alone with its limits lifted, in turns on the same drives. */
export async function syncFigures(world: LabWorld, progress: Progress): Promise<Figure[]> {
  const [consumer] = world.nodes as [string];
  const [node, processes] = [world.node(consumer), world.cluster.processes(consumer)];
  const [ours, bare]: [number[], number[]] = [[], []];
  for (let round = 1; round <= rounds; round++) {
    progress(`synchronisation of a new half, round ${round} of ${rounds}`);
    const volume = new BenchVolume(world, `pvc-bench-sync-${round}`, consumer);
    const watch = await SyncStopwatch.start(node);
    await volume.create(volumeBytes);
    ours.push((await watch.read()).mibPerSecond);
    await volume.synced();
    processes.pause('node');
    bare.push(await bareSync(node));
    processes.resume('node');
    await volume.delete();
  }
  const how = `medians of ${rounds} rounds in turns, ${volumeBytes / 1024 ** 2} MiB from a local partition to one over NVMe/TCP, in MiB/s from the recovery's begin to its end in sysfs; the bare one: mdadm --fail, --remove, --zero-superblock, --add on the same array with sync_speed_min and sync_speed_max at 10 GB/s, the node process standing still`;
  return [
    atLeast(0.9, {
      name: 'sync of a new half against md alone',
      value: median(ours) / median(bare),
      unit: 'ratio',
      how,
    }),
    plain({ name: 'sync of a new half', value: median(ours), unit: 'MiB/s', how }),
    plain({ name: 'sync by md alone, limits lifted', value: median(bare), unit: 'MiB/s', how }),
  ];
}

async function bareSync(node: LabNode): Promise<number> {
  const prepare = `
    md=$(echo /sys/block/md*); dev=/dev/\${md##*/}
    for state in $md/md/dev-*/state; do
      read -r flags < $state
      case $flags in *write_mostly*) half=\${state%/state}; half=/dev/\${half##*/dev-} ;; esac
    done
    mdadm --quiet $dev --fail $half
    mdadm --quiet $dev --remove $half
    mdadm --quiet --zero-superblock $half
    echo 10000000 > $md/md/sync_speed_max
    echo 10000000 > $md/md/sync_speed_min
    echo $dev $half`;
  const [device, half] = (await node.must(prepare)).split(' ') as [string, string];
  const watch = await SyncStopwatch.start(node);
  await node.must(`mdadm --quiet ${device} --add ${half}`);
  return (await watch.read()).mibPerSecond;
}
