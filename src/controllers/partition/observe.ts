import type { MeshStorPartition, MeshStorVolume } from '../../api/model';
import { volumes } from '../../api/resources';
import type { HostAgent } from '../../host/contract';
import { isHostError } from '../../host/errors';
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
  try {
    return { state: 'present', partition: await host.getPartition({ uuid: spec.partitionUUID }) };
  } catch (error) {
    if (!isHostError(error, 'NotFound', 'Unreachable')) throw error;
    const { drives } = await host.listDrives({});
    if (isHostError(error, 'Unreachable')) {
      // A drive that cannot be read counts as lost; that the agent was away for a moment is no loss.
      if (!drives.some(({ use }) => use === DriveUse.UNREADABLE)) throw error;
      return { state: 'unreadable', why: error.message };
    }
    return { state: drives.some(({ id }) => id === spec.deviceID) ? 'absent' : 'driveGone' };
  }
}
