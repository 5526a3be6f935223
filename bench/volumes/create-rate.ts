import { atLeast, plain, type Figure } from '../figure';
import { cpuMs } from '../measure';
import type { Progress, Suite } from '../suite';
import { createRequest } from './request';
import { openSocketCluster, type SocketCluster } from './socket-cluster';

const inFlight = 64;
const volumes = 320;
const latencyMs = 5;
/** Connections, compiled schemas and warm code: not what is asked about. */
const warmUp = 16;

/** CreateVolume through the controller's gRPC socket, many at once. */
export const createRate: Suite = {
  name: 'create-rate',
  async run(progress) {
    progress('starting a simulated cluster of three nodes');
    const world = await openSocketCluster();
    try {
      await createAll(world, warmUp, 'warm-up', () => undefined);
      world.hooks.latency = () => latencyMs;
      const [cpu, wall] = [cpuMs(), performance.now()];
      const took = await createAll(world, volumes, 'pvc', (done) => report(progress, done));
      return figures(took, performance.now() - wall, cpuMs() - cpu);
    } finally {
      await world.close();
    }
  },
};

const report = (progress: Progress, done: number) =>
  done % inFlight === 0 ? progress(`${done} of ${volumes} volumes created`) : undefined;

/** Milliseconds each call took. */
async function createAll(
  { cluster, nodes }: SocketCluster,
  count: number,
  prefix: string,
  done: (count: number) => void,
): Promise<number[]> {
  const took: number[] = [];
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const n = next++;
      const start = performance.now();
      const request = createRequest(`${prefix}-${n}`, nodes[n % nodes.length]!);
      await cluster.controller.csi.createVolume(request, { deadlineMs: 300_000 });
      done(took.push(performance.now() - start));
    }
  };
  await Promise.all(Array.from({ length: Math.min(inFlight, count) }, worker));
  return took;
}

function figures(took: number[], wallMs: number, usedCpuMs: number): Figure[] {
  const median = took.sort((a, b) => a - b)[took.length >> 1]!;
  const where = `${volumes} two-copy volumes of 1 GiB, ${inFlight} in flight, API latency ${latencyMs} ms, three nodes`;
  return [
    atLeast(100, {
      name: 'CreateVolume over the gRPC socket',
      value: (took.length / wallMs) * 1000,
      unit: 'volumes/s',
      how: `${where}; API server, controller, nodes, host agents and the simulated kernels share one thread; median call ${median.toFixed(0)} ms`,
    }),
    plain({
      name: 'CPU of the whole simulated cluster per CreateVolume',
      value: usedCpuMs / took.length,
      unit: 'ms',
      how: 'process.cpuUsage of that thread and its helpers over the same calls, building of the arrays included',
    }),
  ];
}
