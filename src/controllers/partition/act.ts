import type { MeshStorPartition } from '../../api/model';
import { finalizers } from '../../api/names';
import { partitions } from '../../api/resources';
import type { HostAgent } from '../../host/contract';
import type { KubeClient } from '../../runtime/kube/client';
import { sameJSON } from '../../runtime/same-json';
import type { Action, Verbs, View } from './decide';
import type { Done } from './observe';
import type { Facts } from './report';

export const fieldManager = 'meshstor-node';

/**
 * How much of a wipe one call does: long enough to be efficient, short enough to show progress; and long enough for its
 * last one, which flushes and reads back, on a machine where starting a program takes seconds.
 */
const wipeCallMs = 30_000;

export interface Hands {
  readonly kube: KubeClient;
  readonly host: HostAgent;
  readonly view: View;
  /** Writes the status of what the partition is now; the partition as it is afterwards. */
  readonly report: (partition: MeshStorPartition, facts: Facts) => Promise<MeshStorPartition>;
}

/** What is otherwise than in the view now, as far as looking again would not show it. */
export type Changed = Partial<Done & Pick<View, 'partition'>>;

type Effect<V extends keyof Verbs> = (hands: Hands, action: Verbs[V]) => Promise<Changed>;

const effects: { [V in keyof Verbs]: Effect<V> } = {
  create: async ({ kube, host, view }, { request }) => {
    await confirmOwned(kube, view);
    await host.createPartition(request);
    return { made: true };
  },
  unexport: async ({ host, view }, { nqn }) => {
    await host.removeExport({ nqn });
    return { unserved: view.found.state !== 'present' };
  },
  export: async (hands, { wanted }) => {
    const { nqn, namespaceUUID, hostNQNs, endpoint, driveSession = '' } = wanted;
    const partition = await recordSession(hands, await confirm(hands));
    await hands.host.applyExport({
      partitionUuid: partition.spec.partitionUUID,
      nqn,
      namespaceUuid: namespaceUUID,
      hostNqns: [...hostNQNs],
      endpoint,
      driveSession,
    });
    return { partition };
  },
  // One stretch of erasing, and its progress on record, so that a restart goes on where it was.
  wipe: async ({ host, view, report }, { offset }) => {
    const request = { uuid: view.partition.spec.partitionUUID, offsetBytes: offset };
    const { done, offsetBytes } = await host.wipePartition(request, { deadlineMs: wipeCallMs });
    if (done) return { wiped: true };
    return { partition: await report(view.partition, { settled: false, wipedTo: offsetBytes }) };
  },
  deleteEntry: async ({ host, view }) => {
    await host.deletePartition({ uuid: view.partition.spec.partitionUUID });
    return {};
  },
  // Takes the entry whatever it is named by now: nothing can be in it, as nobody was ever told that it is there.
  deleteBegun: async ({ kube, host, view }) => {
    const { name, uid } = view.partition.metadata;
    const fresh = await kube.get(partitions, name);
    if (!fresh || fresh.metadata.uid !== uid) return {};
    if (fresh.status?.partitionUUID !== undefined) throw new Error(`partition ${name} was made; nothing was deleted`);
    await host.deletePartition({ uuid: fresh.spec.partitionUUID });
    return {};
  },
  dropFinalizer: async ({ kube, view }) => {
    const { name, uid } = view.partition.metadata;
    const fresh = await kube.get(partitions, name);
    if (!fresh || fresh.metadata.uid !== uid) return {};
    const list = (fresh.metadata.finalizers ?? []).filter((finalizer) => finalizer !== finalizers.partition);
    const patch = { metadata: { resourceVersion: fresh.metadata.resourceVersion, finalizers: list } };
    await kube.patch(partitions, name, patch, { fieldManager });
    return {};
  },
};

export function act(hands: Hands, action: Action): Promise<Changed> {
  const effect = effects[action.verb] as Effect<typeof action.verb>;
  return effect(hands, action);
}

/**
 * A partition is made only for an object that etcd has and that is let go of by this node alone: what is made for one
 * that a lagging cache still shows belongs to nobody.
 */
async function confirmOwned(kube: KubeClient, { partition: { metadata } }: View): Promise<void> {
  const fresh = await kube.get(partitions, metadata.name);
  const isOwned = fresh?.metadata.uid === metadata.uid && fresh?.metadata.finalizers?.includes(finalizers.partition);
  // One that was being deleted when it was decided on is kept for its volume's sake.
  const isLeaving = fresh?.metadata.deletionTimestamp !== undefined && metadata.deletionTimestamp === undefined;
  if (isOwned && !isLeaving) return;
  throw new Error(`partition ${metadata.name} is gone or being deleted since it was seen; nothing was made`);
}

/** An export is made for the epoch that etcd has now, never for one that a lagging cache still shows. */
async function confirm({ kube, view }: Hands): Promise<MeshStorPartition> {
  const { metadata, spec } = view.partition;
  const fresh = await kube.get(partitions, metadata.name);
  const same = fresh?.metadata.uid === metadata.uid && fresh?.spec.epoch === spec.epoch;
  if (!fresh || !same || !sameJSON(fresh.spec.importers, spec.importers)) {
    throw new Error(`partition ${metadata.name} changed since it was seen; nothing was exported`);
  }
  return fresh;
}

/** On record before anybody can reach the partition in it: whoever was away judges by it what the drive may lack. */
async function recordSession({ view, report }: Hands, partition: MeshStorPartition): Promise<MeshStorPartition> {
  const session = view.found.state === 'present' ? view.found.partition.driveSession : undefined;
  const recorded = partition.status?.driveSession;
  // Nobody was ever away from one that is new.
  if (recorded === undefined || recorded === session) return partition;
  return report(partition, { settled: false });
}
