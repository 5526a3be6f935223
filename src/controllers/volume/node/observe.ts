import { partitionName } from '../../../api/names';
import type { MeshStorPartition, MeshStorVolume } from '../../../api/model';
import { partitions } from '../../../api/resources';
import type { HostAgent } from '../../../host/contract';
import { ImportState, type Stack, type VolumeRef } from '../../../host/gen/host';
import type { KubeClient } from '../../../runtime/kube/client';
import type { Lister } from '../../../runtime/lister';
import type { VolumeRecord } from './record';
import { isFencedOff, isFrozen } from './view';

/** Name of the partition informer's index over spec.volumeUID. */
export const byVolumeUID = 'volumeUID';

export interface Eyes {
  readonly kube: KubeClient;
  readonly host: HostAgent;
  readonly volumes: Lister<MeshStorVolume>;
  readonly partitions: Lister<MeshStorPartition>;
  readonly record: VolumeRecord;
  readonly nodeName: string;
  /** The volume as this pass wrote it: newer than the cache may be. */
  readonly written?: MeshStorVolume | undefined;
  readonly freezing: boolean;
}

export interface Observation {
  readonly volume: MeshStorVolume | undefined;
  readonly partitions: readonly MeshStorPartition[];
  readonly stack: Stack;
}

/**
 * What is known of a volume and its stack. The cache serves, except where acting on a stale one could hurt:
 * that this node does not own a volume whose stack is here, or owns it under another epoch, and that a recorded
 * member's partition is gone, is only believed from etcd.
 */
export async function observe(eyes: Eyes, ref: VolumeRef): Promise<Observation> {
  const { host, volumes, record, nodeName, written } = eyes;
  const stack = await host.getStack({ volumeUid: ref.uid });
  const cached = written ?? volumes.get(ref.name);
  const known = cached?.metadata.uid === ref.uid ? cached : undefined;
  const owner = known?.status?.owner;
  const isMine = owner?.nodeName === nodeName && stack.members.every(({ epoch }) => epoch === owner.epoch);
  // Who is fenced off stops answering before it asks: etcd may be out of reach.
  const answers = isMine && isFencedOff(known!, stack) && !isFrozen({ stack, freezing: eyes.freezing });
  const fenced = stack.imports.some(({ state }) => state === ImportState.FENCED) && !answers;
  const volume = (!isMine && !isEmpty(stack)) || fenced ? await record.read(ref.name, ref.uid) : known;
  return { volume, partitions: await partitionsOf(eyes, volume, ref.uid), stack };
}

async function partitionsOf(
  { kube, partitions: lister }: Eyes,
  volume: MeshStorVolume | undefined,
  uid: string,
): Promise<MeshStorPartition[]> {
  const cached = lister.byIndex(byVolumeUID, uid);
  const seen = new Set(cached.map(({ spec }) => spec.partitionUUID));
  const unseen = (volume?.status?.inSync ?? []).filter(({ partitionUUID }) => !seen.has(partitionUUID));
  const fresh = await Promise.all(
    unseen.map(({ slot }) => kube.get(partitions, partitionName(volume!.metadata.name, slot))),
  );
  return [...cached, ...fresh.filter((partition) => partition?.spec.volumeUID === uid).map((found) => found!)];
}

export function isEmpty({ imports, members, array, device, mountPaths }: Stack): boolean {
  return !array && !device && imports.length + members.length + mountPaths.length === 0;
}
