import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { namespace, nodeLeaseName } from '../../../src/api/names';
import { nodeDevices } from '../../../src/api/resources';
import { systemClock, systemRandom } from '../../../src/runtime/clock';
import type { KubeClient, Resource } from '../../../src/runtime/kube/client';
import { loadConnection } from '../../../src/runtime/kube/config';
import { createHttpKubeClient } from '../../../src/runtime/kube/http';
import { realBackend } from '../../../src/sim/cluster/backend';
import { SimCluster } from '../../../src/sim/cluster/cluster';
import { SocketLauncher } from '../../../src/sim/cluster/processes/sockets';
import { csiNodes, nodes } from '../../../src/sim/kubernetes/kinds';
import { suiteNodes } from '../../support/cluster/virtual-world';
import { quiet } from '../../support/real-time/log';
import { Tables } from '../../support/real-time/tables';
import { RealTimeWorld, swift } from '../../support/real-time/world';
import { sharedControlPlane } from '../shared';
import { ServerWatchman } from './watchman';

const leases: Resource = {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
};

/**
 * Simulated machines on the real control plane of this run: MeshStor's processes, kubelets and sidecars behind
 * sockets; pods are scheduled, claims bound and volumes attached by Kubernetes' own programs.
 */
export async function startOnRealServer(prefix: string): Promise<RealTimeWorld> {
  const { kubeconfigPath } = sharedControlPlane();
  const surroundings = { clock: systemClock, random: systemRandom };
  const backend = await realBackend(kubeconfigPath, readFileSync(kubeconfigPath, 'utf8'), systemClock);
  const folder = mkdtempSync(join(tmpdir(), 'meshstor-'));
  const launcher = new SocketLauncher(folder);
  const cluster = new SimCluster({
    ...{ ...surroundings, ...swift, log: quiet(), backend, launcher },
    nodes: suiteNodes(prefix),
  });
  const connection = await loadConnection({ kubeconfig: kubeconfigPath });
  const kube = createHttpKubeClient({ connection });
  const watchman = new ServerWatchman(cluster.world, kube);
  const close = async () => {
    for (const node of cluster.nodes.keys()) await forget(kube, node);
    await kube.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return new RealTimeWorld({ cluster, tables: new Tables(connection), watchman, close }).start();
}

/** Takes a machine that is no more out of the cluster, so that nothing is scheduled to it. */
async function forget(kube: KubeClient, node: string): Promise<void> {
  await kube.delete(nodes, node);
  await kube.delete(csiNodes, node);
  await kube.delete(leases, nodeLeaseName(node), { namespace });
  for (const { metadata, spec } of (await kube.list(nodeDevices)).items) {
    if (spec.node === node) await kube.delete(nodeDevices, metadata.name);
  }
}
