import { setMaxListeners } from 'node:events';
import { annotations, topologyKeys } from '../../../src/api/names';
import { kubeNodes } from '../../../src/api/resources';
import { systemClock, systemRandom } from '../../../src/runtime/clock';
import { EventRecorder } from '../../../src/runtime/events/recorder';
import type { KubeClient } from '../../../src/runtime/kube/client';
import type { Logger } from '../../../src/runtime/log';
import { controlPlane, kubelet, sidecars } from '../../../src/sim/kubernetes/components';
import type { ControllerCalls, NodeCalls } from '../../../src/sim/kubernetes/csi-calls';
import { newInformers } from '../../../src/sim/kubernetes/informers';
import { registerDriver, registerNode } from '../../../src/sim/kubernetes/kubelet/registration';
import type { LabNode } from '../../lab';

/** The node as its kubelet and an administrator tell the cluster of it: NVMe-oF goes over the storage network. */
export async function joinCluster(kube: KubeClient, node: LabNode, zone: string): Promise<void> {
  const { name, managementAddress: address, storageAddress } = node;
  await registerNode(kube, { name, address, labels: { [topologyKeys.zone]: zone } });
  const patch = { metadata: { annotations: { [annotations.tcpAddress]: storageAddress } } };
  await kube.patch(kubeNodes, name, patch, { fieldManager: 'administrator' });
}

export interface Drivers {
  readonly controller: ControllerCalls;
  readonly nodes: ReadonlyMap<LabNode, NodeCalls>;
}

/** Control plane, sidecars and a kubelet for each node, which call the driver's real sockets, until the signal. */
export async function runKubernetes(
  kube: KubeClient,
  drivers: Drivers,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  // Every informer and component listens for the end.
  setMaxListeners(0, signal);
  for (const [node, csi] of drivers.nodes) await registerDriver(kube, csi, node.name);
  const surroundings = { kube, clock: systemClock, random: systemRandom, log };
  const informers = newInformers(surroundings);
  const recorder = new EventRecorder({ ...surroundings, client: kube, component: 'lab/kubernetes', instance: 'lab' });
  const world = { ...surroundings, informers, events: recorder };
  const kubelets = [...drivers.nodes].map(([node, csi]) => {
    const makeFolder = async (path: string) => void (await node.must(`mkdir -p '${path}'`));
    return kubelet(world, { name: node.name, csi, makeFolder });
  });
  const components = [...controlPlane(world), ...sidecars(world, drivers.controller), ...kubelets];
  for (const part of [recorder, ...Object.values(informers), ...components]) void part.run(signal);
}
