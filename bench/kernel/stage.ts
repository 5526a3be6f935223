import type { LabWorld } from '../../test/kernel/volume/lab-world';
import { atMost, plain, type Figure } from '../figure';
import type { Progress } from '../suite';
import { bareCommands, bareStage } from './bare-stage';
import { median } from './median';
import { BenchVolume } from './volume';

const rounds = 9;
const volumeBytes = 512 * 1024 ** 2;

/** NodeStageVolume against the bare commands, in turns on the same volume. */
export async function stageFigures(world: LabWorld, progress: Progress): Promise<Figure[]> {
  const [consumer] = world.nodes as [string];
  const [node, processes] = [world.node(consumer), world.cluster.processes(consumer)];
  const volume = new BenchVolume(world, 'pvc-bench-stage', consumer);
  progress('a volume to stage');
  await volume.create(volumeBytes);
  await volume.attach();
  await volume.stage();
  const object = await volume.synced();
  const [ours, bare]: [number[], number[]] = [[], []];
  let failures = 0;
  for (let round = 1; round <= rounds; round++) {
    progress(`NodeStage and bare commands, round ${round} of ${rounds}`);
    await volume.unstage();
    // Nobody else takes apart what the bare commands put together.
    processes.pause('node');
    bare.push((await bareStage(volume, object, node)).up);
    processes.resume('node');
    const begin = performance.now();
    const failed = await volume.stage().then(
      () => false,
      () => true,
    );
    ours.push(performance.now() - begin);
    if (failed) failures++;
    if (failed) await volume.stage();
  }
  await volume.unstage();
  await volume.detach();
  await volume.delete();
  const how = `medians of ${rounds} rounds in turns on one node of the lab, same volume: two halves, one local, one over NVMe/TCP; NodeStageVolume through the CSI socket from an array that is stopped, nothing connected. Bare: ${bareCommands}`;
  return [
    atMost(1.25, { name: 'NodeStage against bare commands', value: median(ours) / median(bare), unit: 'ratio', how }),
    plain({ name: 'NodeStage', value: median(ours), unit: 'ms', how }),
    plain({ name: 'bare commands of NodeStage', value: median(bare), unit: 'ms', how }),
    atMost(0, {
      ...{ name: 'NodeStage calls that failed at the first attempt', value: failures, unit: 'calls' },
      how: `of ${rounds} calls with every provider up`,
    }),
  ];
}
