import { startApiServer } from '../../src/sim/apiserver';
import { sharesOf, type Parts } from '../attribute';
import { atLeast, plain, type Figure } from '../figure';
import { cpuMs } from '../measure';
import type { Progress, Suite } from '../suite';
import { ControllerApart } from './controller-apart';
import { createRequest } from './request';
import { openCluster, surroundings, type SocketCluster } from './socket-cluster';

const inFlight = 64;
const volumes = 320;
const latencyMs = 5;
/** Connections, compiled schemas and warm code: not what is asked about. */
const warmUp = 16;

/** Who used the CPU of the process that is not the controller's. */
const parts: Parts = {
  'the API server': ['/src/sim/apiserver/', '/src/sim/cluster/backend'],
  'the node processes': ['/src/controllers/', '/src/processes/', '/src/csi/', '/src/runtime/'],
  'host agents and simulated kernels': ['/src/host/'],
};

/** CreateVolume through the controller's gRPC socket, many at once. */
export const createRate: Suite = {
  name: 'create-rate',
  async run(progress) {
    progress('starting a simulated cluster of three nodes, its controller in a process of its own');
    const server = await startApiServer(surroundings);
    const backend = {
      embedded: server,
      hasControlPlane: false,
      kubeconfig: undefined,
      clientFor: (name: string) => server.clientFor(name),
      close: async () => void (await server.close()),
    };
    let controller: ControllerApart | undefined;
    const world = await openCluster(backend, (folder) => (controller = new ControllerApart(folder, server)));
    try {
      return figures(await measure(world, controller!, progress));
    } finally {
      await world.close();
    }
  },
};

interface Measured {
  /** Milliseconds each call took. */
  readonly took: number[];
  readonly wallMs: number;
  readonly controllerCpuMs: number;
  readonly otherCpuMs: number;
  /** Of the other process, from a run of its own, because the profile takes CPU itself. */
  readonly shares: ReadonlyMap<string, number>;
}

async function measure(world: SocketCluster, controller: ControllerApart, progress: Progress): Promise<Measured> {
  await createAll(world, warmUp, 'warm-up', () => undefined);
  world.hooks.latency = () => latencyMs;
  const before = [cpuMs(), await controller.cpuMs()] as const;
  const wall = performance.now();
  const took = await createAll(world, volumes, 'pvc', (done) => report(progress, done));
  const wallMs = performance.now() - wall;
  const [otherCpuMs, controllerCpuMs] = [cpuMs() - before[0], (await controller.cpuMs()) - before[1]];
  progress('once more, with a profile of who used the CPU');
  const shares = await sharesOf(
    parts,
    async () => void (await createAll(world, inFlight, 'profiled', () => undefined)),
  );
  return { took, wallMs, controllerCpuMs, otherCpuMs, shares };
}

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

function figures({ took, wallMs, controllerCpuMs, otherCpuMs, shares }: Measured): Figure[] {
  const median = took.sort((a, b) => a - b)[took.length >> 1]!;
  const where = `${volumes} two-copy volumes of 1 GiB, ${inFlight} in flight, API latency ${latencyMs} ms, three nodes; the controller in a process of its own, over HTTP to the API server, which shares another process with the node processes, host agents and simulated kernels`;
  const perVolume = (ms: number) => ms / took.length;
  return [
    atLeast(100, {
      name: 'CreateVolume over the gRPC socket',
      value: (took.length / wallMs) * 1000,
      unit: 'volumes/s',
      how: `${where}; median call ${median.toFixed(0)} ms`,
    }),
    plain({
      name: 'CPU of the controller process per CreateVolume',
      value: perVolume(controllerCpuMs),
      unit: 'ms',
      how: `${where}; process.cpuUsage over the same calls, gRPC, HTTP and garbage collection included`,
    }),
    plain({
      name: 'CPU of everything else per CreateVolume',
      value: perVolume(otherCpuMs),
      unit: 'ms',
      how: 'process.cpuUsage of the other process over the same calls, building of the arrays and the gRPC client included',
    }),
    ...[...shares].map(([part, share]) =>
      plain({
        name: `CPU of ${part} per CreateVolume`,
        value: perVolume(otherCpuMs) * share,
        unit: 'ms',
        how: `its share of the CPU of everything else, by a profile of ${inFlight} more calls; libraries count for who calls them`,
      }),
    ),
  ];
}
