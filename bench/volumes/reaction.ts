import { volumes } from '../../src/api/resources';
import { systemClock } from '../../src/runtime/clock';
import { atMost, plain } from '../figure';
import { percentile } from '../measure';
import type { Progress, Suite } from '../suite';
import { createRequest } from './request';
import { openSocketCluster, type SocketCluster } from './socket-cluster';
import { Stopwatch } from './stopwatch';

const volumeCount = 24;
const cuts: readonly (readonly [string, string])[] = [
  ['node1', 'node2'],
  ['node2', 'node3'],
  ['node1', 'node3'],
];
/** Long enough for keep-alive and fast I/O failure to find it out. */
const cutMs = 5_000;
const patienceMs = 180_000;

/** From an event of the kernel to the first call by which the node's process acts on it. */
export const reaction: Suite = {
  name: 'reaction',
  async run(progress) {
    progress('starting a simulated cluster of three nodes');
    const world = await openSocketCluster();
    try {
      progress(`creating ${volumeCount} volumes, and waiting until they are in sync`);
      await createSynced(world);
      const watch = new Stopwatch(world.nodes.map((name) => world.cluster.node(name).machine));
      for (const link of cuts) await cutAndHeal(world, link, progress);
      watch.stop();
      return figuresOf(watch.took);
    } finally {
      await world.close();
    }
  },
};

function figuresOf(took: readonly number[]) {
  if (took.length === 0) throw new Error('no event was seen');
  const how = `${took.length} events of md, nvme and device-mapper on three simulated nodes, ${volumeCount} synced volumes whose links are cut and healed one after the other, so that many come at once; from the kernel's event to the arrival at the host agent of the first call for that volume, both ways over the real gRPC socket; everything shares one thread`;
  return [
    atMost(100, { name: 'Kernel event to first action, p99', value: percentile(took, 0.99), unit: 'ms', how }),
    plain({ name: 'Kernel event to first action, median', value: percentile(took, 0.5), unit: 'ms', how }),
  ];
}

async function createSynced(world: SocketCluster): Promise<void> {
  const { cluster, nodes } = world;
  const create = async (_: unknown, n: number) =>
    cluster.controller.csi.createVolume(createRequest(`pvc-${n}`, nodes[n % nodes.length]!), {
      deadlineMs: patienceMs,
    });
  await Promise.all(Array.from({ length: volumeCount }, create));
  await wholeAgain(world);
}

async function cutAndHeal(world: SocketCluster, [a, b]: readonly [string, string], progress: Progress): Promise<void> {
  progress(`cutting the link between ${a} and ${b}`);
  world.cluster.world.cutLink(a, b);
  await systemClock.sleep(cutMs);
  world.cluster.world.healLink(a, b);
  await wholeAgain(world);
}

async function wholeAgain({ cluster }: SocketCluster): Promise<void> {
  const end = performance.now() + patienceMs;
  for (;;) {
    const { items } = await cluster.kube.list(volumes);
    const waiting = items.filter(({ status }) => status?.phase !== 'Synced' || status.mdState !== 'active');
    if (items.length === volumeCount && waiting.length === 0) return;
    if (performance.now() > end) throw new Error(`${waiting.length} volumes were not in sync in time`);
    await systemClock.sleep(200);
  }
}
