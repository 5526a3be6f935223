import type { LabWorld } from '../../test/kernel/volume/lab-world';
import { atMost, plain, type Figure } from '../figure';
import type { Progress } from '../suite';
import { bareStage } from './bare-stage';
import { median } from './median';
import { BenchVolume } from './volume';

const rounds = 5;
const GiB = 1024 ** 3;

/** How long a volume is offline while its consumer moves between the nodes of its copies, by its size. */
export async function moveFigures(world: LabWorld, progress: Progress): Promise<Figure[]> {
  const small = await movesOf(world, 1, progress);
  const large = await movesOf(world, 4, progress);
  const how = `medians of ${rounds} moves there and back on the lab, two copies: from NodeUnstage on the old node over ControllerUnpublish and ControllerPublish to the end of NodeStage on the new one; bare: the commands of NodeStage's figure and those that undo them, in turns on the same volume, its exports there already`;
  return [
    atMost(1.25, {
      name: 'offline time of a move against bare commands, 1 GiB',
      value: median(small.ours) / median(small.bare),
      unit: 'ratio',
      how,
    }),
    atMost(1.25, {
      name: 'offline time of a move against bare commands, 4 GiB',
      value: median(large.ours) / median(large.bare),
      unit: 'ratio',
      how,
    }),
    plain({ name: 'offline time of a move, 1 GiB', value: median(small.ours), unit: 'ms', how }),
    plain({ name: 'offline time of a move, 4 GiB', value: median(large.ours), unit: 'ms', how }),
    plain({ name: 'bare commands of a move, 1 GiB', value: median(small.bare), unit: 'ms', how }),
  ];
}

async function movesOf(world: LabWorld, gib: number, progress: Progress) {
  const [ours, bare]: [number[], number[]] = [[], []];
  let [from, to] = world.nodes as [string, string];
  const volume = new BenchVolume(world, `pvc-bench-move-${gib}`, from);
  await volume.create(gib * GiB);
  await volume.synced();
  to = (await volume.partitions()).find(({ spec }) => spec.nodeName !== from)!.spec.nodeName;
  await volume.attach(from);
  await volume.stage(from);
  for (let round = 1; round <= rounds; round++) {
    progress(`the consumer of ${gib} GiB moves, round ${round} of ${rounds}`);
    const begin = performance.now();
    await volume.unstage(from);
    await volume.detach(from);
    await volume.attach(to);
    await volume.stage(to);
    ours.push(performance.now() - begin);
    await volume.unstage(to);
    // Nobody else takes apart what the bare commands put together.
    world.cluster.processes(to).pause('node');
    const { up, down } = await bareStage(volume, await volume.synced(), world.node(to));
    bare.push(up + down);
    world.cluster.processes(to).resume('node');
    await volume.stage(to);
    [from, to] = [to, from];
  }
  await volume.unstage(from);
  await volume.detach(from);
  await volume.delete();
  return { ours, bare };
}
