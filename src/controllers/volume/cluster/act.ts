import { apiVersionOf } from '../../../api/meta';
import type { MeshStorMigration, MeshStorVolume } from '../../../api/model';
import { finalizers, labels } from '../../../api/names';
import { migrations, partitions, volumes } from '../../../api/resources';
import { isAlreadyExists, type KubeClient } from '../../../runtime/kube/client';
import type { Action, Verbs } from './decide';
import { createPartition, fieldManager } from './make-partition';
import type { Move } from './moves';
import type { Promises } from './space';
import type { View } from './view';

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
  createPartition: async ({ kube, promises, view }, { slot, spot, owner }) => {
    await createPartition({ kube, promises }, view.volume, { slot, spot, owner });
    return undefined;
  },
  deletePartition: (hands, action) => deletePartition(hands, action),
  // What was seen is changed, and nothing else: a namesake's partition would never come back from a later epoch.
  alignPartition: async ({ kube }, { name, uid, resourceVersion, consumer, ...spec }) => {
    const metadata = { uid, resourceVersion, labels: { [labels.consumer]: consumer } };
    const { epoch, importers, copyPaused } = spec;
    const patch = { metadata, spec: { epoch, importers, copyPaused: copyPaused || null } };
    await kube.patch(partitions, name, patch, { fieldManager });
    return undefined;
  },
  labelVolume: ({ kube, view }, { consumer }) => {
    const patch = { metadata: { labels: { [labels.consumer]: consumer } } };
    return kube.patch(volumes, view.volume.metadata.name, patch, { fieldManager });
  },
  grant: ({ grant }, { owner }) => grant(owner),
  createMigration: async ({ kube, view }, { name, move }) => {
    await createMigration(kube, view.volume, name, move);
    return undefined;
  },
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

/**
 * A migration by that name that exists is the one that is wanted: the cache only does not show it yet. One of a volume
 * that is gone would be collected at once, and asked for again, for as long as the cache shows the volume.
 */
async function createMigration(kube: KubeClient, volume: MeshStorVolume, name: string, move: Move): Promise<void> {
  const { metadata, apiVersion, kind } = volume;
  const now = await kube.get(volumes, metadata.name);
  if (now?.metadata.uid !== metadata.uid || now?.metadata.deletionTimestamp !== undefined) {
    throw new Error(`volume ${metadata.name} was deleted since it was seen; no move of it is asked for`);
  }
  const migration: MeshStorMigration = {
    apiVersion: apiVersionOf(migrations) as MeshStorMigration['apiVersion'],
    kind: 'MeshStorMigration',
    metadata: {
      name,
      labels: { [labels.volume]: metadata.name },
      ownerReferences: [{ apiVersion, kind, name: metadata.name, uid: metadata.uid! }],
    },
    spec: { volumeName: metadata.name, type: 'Member', paused: false, cancelled: false, dryRun: false, ...move },
  };
  try {
    await kube.create(migrations, migration, { fieldManager });
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
}
