import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, systemRandom } from '../../../src/runtime/clock';
import { loadConnection } from '../../../src/runtime/kube/config';
import { httpBackend } from '../../../src/sim/cluster/backend';
import { SimCluster } from '../../../src/sim/cluster/cluster';
import { SocketLauncher } from '../../../src/sim/cluster/processes/sockets';
import { Oracles } from '../cluster/oracles';
import { Records } from '../cluster/oracles/records';
import { suiteNodes } from '../cluster/virtual-world';
import { quiet } from './log';
import { Tables } from './tables';
import { RealTimeWorld, swift } from './world';

/** Everything in one process, and every call between its parts over a socket: HTTP, CSI, and the host agents'. */
export async function startOnSockets(): Promise<RealTimeWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'meshstor-'));
  const surroundings = { clock: systemClock, random: systemRandom };
  const backend = await httpBackend(surroundings);
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, backend.kubeconfig!, { mode: 0o600 });
  const tables = new Tables(await loadConnection({ kubeconfig }));
  const launcher = new SocketLauncher(folder);
  const options = { ...surroundings, ...swift, log: quiet(), backend, launcher, nodes: suiteNodes() };
  const cluster = new SimCluster(options);
  const watchman = new Oracles(cluster.world, new Records(backend.embedded!.store), systemClock);
  const close = async () => rmSync(folder, { recursive: true, force: true });
  return new RealTimeWorld({ cluster, tables, watchman, close }).start();
}
