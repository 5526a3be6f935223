import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from 'winston';
import { nodeDevices } from '../../src/api/resources';
import { systemClock, systemRandom } from '../../src/runtime/clock';
import { inProcessBackend } from '../../src/sim/cluster/backend';
import { SimCluster } from '../../src/sim/cluster/cluster';
import { SocketLauncher } from '../../src/sim/cluster/processes/sockets';

export interface SocketCluster {
  readonly cluster: SimCluster;
  readonly hooks: ReturnType<typeof hooksOf>;
  readonly nodes: readonly string[];
  close(): Promise<void>;
}

const hooksOf = (backend: ReturnType<typeof inProcessBackend>) => backend.embedded.hooks;
const drives = Array.from({ length: 4 }, () => ({ sizeBytes: 4 * 1024 ** 4 }));
const nodes = ['node1', 'node2', 'node3'];

/**
 * Three machines in real time, the processes behind real gRPC sockets, the API server in this process. Nothing
 * is logged. Resolves when every drive is reported.
 */
export async function openSocketCluster(): Promise<SocketCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'meshstor-bench-'));
  const surroundings = { clock: systemClock, random: systemRandom };
  const backend = inProcessBackend(surroundings);
  const cluster = new SimCluster({
    ...surroundings,
    log: createLogger({ silent: true }),
    backend,
    launcher: new SocketLauncher(folder),
    nodes: Object.fromEntries(nodes.map((name) => [name, { drives }])),
  });
  await cluster.start();
  const reported = async () => {
    const { items } = await cluster.kube.list(nodeDevices);
    return items.filter(({ status }) => (status?.biggestUsableFreeBytes ?? 0) > 0).length;
  };
  while ((await reported()) < nodes.length * drives.length) await systemClock.sleep(50);
  const close = async () => {
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { cluster, hooks: hooksOf(backend), nodes, close };
}
