import { topologyKeys } from '../../api/names';
import { kubeNodes } from '../../api/resources';
import type { NodeGetInfoResponse, NodeServiceCapability } from '../gen/csi';
import { reached } from '../volumes';
import type { NodeDeps } from './deps';

/**
 * What the kubelet registers this node as. A node that has a zone must be registered with it, so that nothing
 * is answered while the Node cannot be read.
 */
export async function nodeInfo({ kube, nodeName }: Pick<NodeDeps, 'kube' | 'nodeName'>): Promise<NodeGetInfoResponse> {
  const node = await reached(kube.get(kubeNodes, nodeName));
  const zone = node?.metadata.labels?.[topologyKeys.zone];
  const segments = { [topologyKeys.node]: nodeName, ...(zone && { [topologyKeys.zone]: zone }) };
  return { nodeId: nodeName, maxVolumesPerNode: 0, accessibleTopology: { segments } };
}

export const nodeCapabilities: NodeServiceCapability[] = (
  ['STAGE_UNSTAGE_VOLUME', 'GET_VOLUME_STATS', 'VOLUME_CONDITION', 'SINGLE_NODE_MULTI_WRITER'] as const
).map((type) => ({ type: { $case: 'rpc', rpc: { type } } }));
