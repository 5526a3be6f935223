import type { MeshStorPartition, MeshStorVolume } from '../../api/model';
import { labels, nodeLabel } from '../../api/names';
import { kubeNodes, nodeDevices, partitions, volumes } from '../../api/resources';
import type { KubeObject, Resource } from '../../api/meta';
import { byPartitionUUID } from '../../controllers/nodedevice/counts';
import { byVolumeUID } from '../../controllers/volume/node/observe';
import { Informer, type InformerOptions } from '../../runtime/cache/informer';
import type { Surroundings } from '../surroundings';

/** Name of the volume informer's index over metadata.uid. */
export const byUID = 'uid';

export type NodeInformers = ReturnType<typeof newNodeInformers>;

/** A node watches what it has, what it consumes, and itself: traffic grows with that, not with the cluster. */
export function newNodeInformers(surroundings: Surroundings, nodeName: string) {
  const { kube: client, clock, random, log, metrics } = surroundings;
  const of = <T extends KubeObject>(resource: Resource<T>, more: Partial<InformerOptions<T>>) =>
    new Informer<T>({ client, resource, clock, random, log, metrics, ...more });
  const label = nodeLabel(nodeName);
  const consumedHere = { labelSelector: `${labels.consumer}=${label}` };
  const onThisNode = { labelSelector: `${labels.node}=${label}` };
  return {
    volumes: of<MeshStorVolume>(volumes, {
      selectors: [consumedHere],
      indexers: { [byUID]: ({ metadata }) => [metadata.uid!] },
    }),
    partitions: of<MeshStorPartition>(partitions, {
      selectors: [onThisNode, consumedHere],
      indexers: {
        [byVolumeUID]: ({ spec }) => [spec.volumeUID],
        [byPartitionUUID]: ({ spec }) => [spec.partitionUUID],
      },
    }),
    devices: of(nodeDevices, { selectors: [onThisNode] }),
    thisNode: of(kubeNodes, { selectors: [{ fieldSelector: `metadata.name=${nodeName}` }] }),
  };
}
