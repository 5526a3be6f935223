import type { Kubectl } from './kubectl';

export interface FakeNode {
  name: string;
  /** Default 127.0.0.1. */
  address?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  /** CSI drivers that the node has, with the topology keys of each. */
  drivers?: { name: string; nodeID: string; topologyKeys: string[] }[];
}

/**
 * A Node and its CSINode as a kubelet would have made them, ready for the scheduler and the attach-detach
 * controller; no kubelet is behind it. Deleting the Node deletes both.
 */
export async function createNode(kubectl: Kubectl, node: FakeNode): Promise<void> {
  await kubectl.create(nodeObject(node));
  // Admission gives every new node the taint not-ready; the node lifecycle controller would take it away.
  await kubectl.run(['patch', 'node', node.name, '--type=merge', '--patch={"spec":{"taints":null}}']);
  const { metadata } = await kubectl.get<{ metadata: { uid: string } }>('node', node.name);
  await kubectl.create({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'CSINode',
    metadata: {
      name: node.name,
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: node.name, uid: metadata.uid }],
    },
    spec: { drivers: node.drivers ?? [] },
  });
}

function nodeObject({ name, address = '127.0.0.1', labels, annotations }: FakeNode): object {
  const resources = { cpu: '8', memory: '32Gi', pods: '110' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', ...labels },
      // Else the attach-detach controller leaves attaching to the kubelet.
      annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true', ...annotations },
    },
    status: {
      capacity: resources,
      allocatable: resources,
      addresses: [
        { type: 'InternalIP', address },
        { type: 'Hostname', address: name },
      ],
      conditions: [{ type: 'Ready', status: 'True', reason: 'Fake', message: 'no kubelet is behind this node' }],
    },
  };
}
