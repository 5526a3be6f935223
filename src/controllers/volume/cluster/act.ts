import type { MeshStorPartition, MeshStorVolume } from '../../../api/model';
import { finalizers, labels, nodeLabel, partitionName } from '../../../api/names';
import { apiVersionOf } from '../../../api/meta';
import { partitions, volumes } from '../../../api/resources';
import { ApiError, isAlreadyExists, type KubeClient } from '../../../runtime/kube/client';
import { importersFor, partitionUUIDFor, type Action, type Verbs } from './decide';
import type { Promises } from './space';
import type { View } from './view';

export const fieldManager = 'meshstor-controller';

export interface Hands {
  readonly kube: KubeClient;
  readonly promises: Promises;
  readonly view: View;
  /** Writes the status with this owner, by compare-and-swap. */
  readonly grant: (owner: Verbs['grant']['owner']) => Promise<MeshStorVolume>;
}

/** Resolves to the volume where it was written. */
type Effect<V extends keyof Verbs> = (hands: Hands, action: Verbs[V]) => Promise<MeshStorVolume | undefined>;

const effects: { [V in keyof Verbs]: Effect<V> } = {
  addFinalizer: ({ kube, view }) => {
    const list = [...(view.volume.metadata.finalizers ?? []), finalizers.volume];
    return setFinalizers(kube, view.volume, list);
  },
  dropFinalizer: ({ kube, view }) => {
    const list = (view.volume.metadata.finalizers ?? []).filter((name) => name !== finalizers.volume);
    return setFinalizers(kube, view.volume, list);
  },
  createPartition: (hands, action) => createPartition(hands, action),
  deletePartition: (hands, action) => deletePartition(hands, action),
  alignPartition: async ({ kube }, { name, epoch, importers, consumer }) => {
    const patch = { metadata: { labels: { [labels.consumer]: consumer } }, spec: { epoch, importers } };
    await kube.patch(partitions, name, patch, { fieldManager });
    return undefined;
  },
  labelVolume: ({ kube, view }, { consumer }) => {
    const patch = { metadata: { labels: { [labels.consumer]: consumer } } };
    return kube.patch(volumes, view.volume.metadata.name, patch, { fieldManager });
  },
  grant: ({ grant }, { owner }) => grant(owner),
};

/** Carries an action out. Resolves to the volume where it was written. */
export function act(hands: Hands, action: Action): Promise<MeshStorVolume | undefined> {
  const effect = effects[action.verb] as Effect<typeof action.verb>;
  return effect(hands, action);
}

/** A list is replaced as a whole, so that the write must not pass over somebody else's. */
function setFinalizers(kube: KubeClient, { metadata }: MeshStorVolume, list: string[]): Promise<MeshStorVolume> {
  const { name, resourceVersion } = metadata;
  return kube.patch(volumes, name, { metadata: { resourceVersion, finalizers: list } }, { fieldManager });
}

async function createPartition({ kube, promises, view }: Hands, action: Verbs['createPartition']): Promise<undefined> {
  const partition = partitionFor(view, action);
  // Promised before the first await: another volume may be placed while this request is on its way.
  promises.promise(partition);
  try {
    promises.promise(await kube.create(partitions, partition, { fieldManager }));
  } catch (error) {
    // The cache had not shown it yet: either our own, from a pass whose answer was lost, or a namesake's.
    if (isAlreadyExists(error)) return;
    if (error instanceof ApiError) promises.settle(partition.metadata.name);
    throw error;
  }
}

async function deletePartition({ kube, promises, view }: Hands, action: Verbs['deletePartition']): Promise<undefined> {
  const { name } = action;
  const uid = action.uid ?? (await ownUID(kube, view, name));
  if (uid !== undefined) await kube.delete(partitions, name, { uid });
  promises.settle(name);
}

/** Of the partition by that name, if it is this volume's. */
async function ownUID(kube: KubeClient, { volume }: View, name: string): Promise<string | undefined> {
  const partition = await kube.get(partitions, name);
  return partition?.spec.volumeUID === volume.metadata.uid ? partition?.metadata.uid : undefined;
}

function partitionFor(view: View, { slot, spot, owner }: Verbs['createPartition']): MeshStorPartition {
  const { name, uid } = view.volume.metadata;
  return {
    apiVersion: apiVersionOf(partitions) as MeshStorPartition['apiVersion'],
    kind: 'MeshStorPartition',
    metadata: {
      name: partitionName(name, slot),
      finalizers: [finalizers.partition],
      labels: {
        [labels.node]: nodeLabel(spot.nodeName),
        [labels.consumer]: nodeLabel(owner),
        [labels.volume]: name,
      },
    },
    spec: {
      volumeName: name,
      volumeUID: uid!,
      nodeName: spot.nodeName,
      device: spot.device,
      deviceID: spot.deviceID,
      partitionUUID: partitionUUIDFor(view, slot),
      sizeBytes: view.layout.partitionBytes,
      slot,
      epoch: view.volume.status?.owner?.epoch ?? 1,
      importers: importersFor(spot.nodeName, owner),
    },
  };
}
