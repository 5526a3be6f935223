import type { MeshStorPartition, MeshStorVolume } from '../../api/model';
import { volumes } from '../../api/resources';
import type { HostAgent } from '../../host/contract';
import { isHostError, type HostError } from '../../host/errors';
import { DriveUse, type Endpoint } from '../../host/gen/host';
import type { KubeClient } from '../../runtime/kube/client';
import type { Found, Obstacle, View } from './decide';
import { keepReason } from './keep';

export interface Eyes {
  readonly kube: KubeClient;
  readonly host: HostAgent;
  readonly nodeName: string;
  /** Where this node serves exports; undefined while that is unknown. */
  readonly endpoint: () => Endpoint | undefined;
}

/** What a pass did that cannot be seen afterwards. */
export type Done = Pick<View, 'wiped' | 'made' | 'unserved'>;
export const nothingDone: Done = { wiped: false, made: false, unserved: false };

export async function observe(
  eyes: Eyes,
  partition: MeshStorPartition,
  { wiped, made, unserved }: Done,
): Promise<View> {
  const deleting = partition.metadata.deletionTimestamp !== undefined;
  return {
    partition,
    nodeName: eyes.nodeName,
    endpoint: eyes.endpoint(),
    found: await find(eyes, partition),
    keep: deleting ? await keep(eyes, partition) : undefined,
    wiped,
    made,
    unserved,
  };
}

/** What stands against deleting it, by the volume as etcd has it. */
async function keep({ kube }: Eyes, partition: MeshStorPartition): Promise<Obstacle | undefined> {
  const volume: MeshStorVolume | undefined = await kube.get(volumes, partition.spec.volumeName);
  return keepReason(partition, volume);
}

async function find({ host }: Eyes, { spec }: MeshStorPartition): Promise<Found> {
  const first = await look(host, spec.partitionUUID);
  if (first.state === 'present') return first;
  const { drives } = await host.listDrives({});
  if (first.error.kind === 'Unreachable') {
    // A drive that cannot be read counts as lost; that the agent was away for a moment is no loss.
    if (!drives.some(({ use }) => use === DriveUse.UNREADABLE)) throw first.error;
    return { state: 'unreadable', why: first.error.message };
  }
  if (!drives.some(({ id }) => id === spec.deviceID)) return { state: 'driveGone' };
  // The drive may have been away at the first look, and come back with the partition since.
  const again = await look(host, spec.partitionUUID);
  if (again.state === 'present') return again;
  if (again.error.kind === 'Unreachable') throw again.error;
  return { state: 'absent' };
}

type Look = Extract<Found, { state: 'present' }> | { readonly state: 'notSeen'; readonly error: HostError };

async function look(host: HostAgent, uuid: string): Promise<Look> {
  try {
    return { state: 'present', partition: await host.getPartition({ uuid }) };
  } catch (error) {
    if (isHostError(error, 'NotFound', 'Unreachable')) return { state: 'notSeen', error };
    throw error;
  }
}
