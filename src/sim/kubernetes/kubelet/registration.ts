import { driverName } from '../../../api/names';
import type { KubeClient } from '../../../runtime/kube/client';
import type { NodeCalls } from '../csi-calls';
import { csiNodes, nodes } from '../kinds';

const options = { fieldManager: 'sim-kubelet', force: true };
/** A manager of its own: servers before 1.22 do not tell apart what one manager applies to object and status. */
const statusOptions = { fieldManager: 'sim-kubelet-status', force: true, subresource: 'status' as const };

export interface NodeIdentity {
  readonly name: string;
  readonly address: string;
  readonly labels?: Record<string, string>;
}

/** The node as a kubelet reports it: ready, with its address, leaving attachments to the controller. */
export async function registerNode(kube: KubeClient, { name, address, labels = {} }: NodeIdentity): Promise<void> {
  const metadata = {
    name,
    labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', ...labels },
    annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
  };
  await kube.apply(nodes, { metadata }, options);
  const conditions = [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'simulated' }];
  const addresses = [
    { type: 'InternalIP', address },
    { type: 'Hostname', address: name },
  ];
  const status = { conditions, addresses, capacity: { pods: '110' }, allocatable: { pods: '110' } };
  await kube.apply(nodes, { metadata: { name }, status }, statusOptions);
  // Admission taints every new node as not ready; the node lifecycle controller would take that away again.
  await kube.patch(nodes, name, { spec: { taints: null } }, options);
}

/** What node-driver-registrar and the kubelet do with the driver's answer: topology labels and the CSINode. */
export async function registerDriver(kube: KubeClient, csi: NodeCalls, nodeName: string): Promise<void> {
  const { nodeId, accessibleTopology } = await csi.nodeGetInfo({});
  const segments = accessibleTopology?.segments ?? {};
  await kube.patch(nodes, nodeName, { metadata: { labels: segments } }, options);
  const drivers = [{ name: driverName, nodeID: nodeId, topologyKeys: Object.keys(segments).sort() }];
  await kube.apply(csiNodes, { metadata: { name: nodeName }, spec: { drivers } }, options);
}
