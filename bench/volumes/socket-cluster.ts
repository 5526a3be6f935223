import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from 'winston';
import { nodeDevices } from '../../src/api/resources';
import { systemClock, systemRandom } from '../../src/runtime/clock';
import type { ApiServer } from '../../src/sim/apiserver';
import { inProcessBackend, type Backend } from '../../src/sim/cluster/backend';
import { SimCluster } from '../../src/sim/cluster/cluster';
import type { Launcher } from '../../src/sim/cluster/processes/process';
import { SocketLauncher } from '../../src/sim/cluster/processes/sockets';

export interface SocketCluster {
  readonly cluster: SimCluster;
  readonly hooks: ApiServer['hooks'];
  readonly nodes: readonly string[];
  close(): Promise<void>;
}

const drives = Array.from({ length: 4 }, () => ({ sizeBytes: 4 * 1024 ** 4 }));
const nodes = ['node1', 'node2', 'node3'];
export const surroundings = { clock: systemClock, random: systemRandom };

/**
 * Three machines in real time, the processes behind real gRPC sockets, the API server in this process. Nothing
 * is logged. Resolves when every drive is reported.
 */
export async function openSocketCluster(): Promise<SocketCluster> {
  return openCluster(inProcessBackend(surroundings), (folder) => new SocketLauncher(folder));
}

/** As above; the processes as a launcher makes them that works in a folder. */
export async function openCluster(
  backend: Backend & { readonly embedded: Pick<ApiServer, 'hooks'> },
  launcherIn: (folder: string) => Launcher,
): Promise<SocketCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'meshstor-bench-'));
  const cluster = new SimCluster({
    ...surroundings,
    log: createLogger({ silent: true }),
    backend,
    launcher: launcherIn(folder),
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
  return { cluster, hooks: backend.embedded.hooks, nodes, close };
}
