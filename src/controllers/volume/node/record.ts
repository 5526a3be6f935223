import { conditionTypes } from '../../../api/conditions';
import type { MeshStorPartition, MeshStorVolume } from '../../../api/model';
import { partitions, volumes } from '../../../api/resources';
import { ApiError, isConflict, type KubeClient } from '../../../runtime/kube/client';
import type { NodeStatus } from './status';

const fieldManager = 'meshstor-node';
/** Conflicts come from the cluster half writing its own fields; more than a few in a row do not happen. */
const maxAttempts = 5;

/** The decision rested on something that is not, or not any more, in etcd. Look again. */
export class StaleView extends Error {
  constructor(volume: string, what: string) {
    super(`the view of volume ${volume} is stale: ${what}`);
    this.name = 'StaleView';
  }
}

/** Reads from etcd and compare-and-swap writes of a volume, for one node acting under one epoch. */
export class VolumeRecord {
  constructor(
    private readonly kube: KubeClient,
    private readonly nodeName: string,
  ) {}

  /** The volume as it is in etcd; undefined when this UID is gone. */
  async read(name: string, uid: string): Promise<MeshStorVolume | undefined> {
    const volume = await this.kube.get(volumes, name);
    return volume?.metadata.uid === uid ? volume : undefined;
  }

  /**
   * The volume as it is in etcd, provided that everything a node decides by still is what `seen` says: the
   * owner and epoch, the wishes, and the durable facts. Rejects with StaleView otherwise.
   */
  async confirm(seen: MeshStorVolume): Promise<MeshStorVolume> {
    const { name, uid } = seen.metadata;
    const volume = await this.read(name, uid!);
    if (!volume) throw new StaleView(name, 'it is gone');
    const owner = volume.status?.owner;
    if (owner?.nodeName !== this.nodeName) throw new StaleView(name, `its owner is ${owner?.nodeName ?? 'nobody'}`);
    const [now, then] = [basisOf(volume), basisOf(seen)];
    const changed = (Object.keys(now) as (keyof typeof now)[]).filter((key) => now[key] !== then[key]);
    if (changed.length > 0) throw new StaleView(name, `${changed.join(', ')} changed`);
    return volume;
  }

  /**
   * Rejects with StaleView unless the drive has had no interruption since `seen`, by what is in etcd. A node has its
   * drive's session on record before it exports anything in it, so that what can be reached cannot be newer.
   */
  async confirmSession(seen: MeshStorPartition): Promise<void> {
    const { name, uid } = seen.metadata;
    const now = await this.kube.get(partitions, name);
    if (now?.metadata.uid !== uid || now?.status?.driveSession !== seen.status?.driveSession) {
      throw new StaleView(seen.spec.volumeName, `the drive of ${name} was interrupted`);
    }
  }

  /**
   * Rejects with StaleView unless all of these are to stay, by what is in etcd. What is not recorded is erased as
   * soon as somebody deletes it, and is not to be counted on from then on.
   */
  async #confirmKept(seen: readonly MeshStorPartition[]): Promise<void> {
    await Promise.all(
      seen.map(async ({ metadata: { name, uid }, spec }) => {
        const now = await this.kube.get(partitions, name);
        const isKept = now?.metadata.uid === uid && now?.metadata.deletionTimestamp === undefined;
        if (!isKept) throw new StaleView(spec.volumeName, `${name} is being deleted`);
      }),
    );
  }

  /**
   * Writes the node's part of the status. Guarantees that, when it returns, what `build` said is durable and
   * was written while everything `confirm` checks still was what `seen` says, and `kept` was to stay right before.
   * Rejects with StaleView when it was not; when it rejects otherwise, nobody knows whether the write happened.
   */
  async write(
    seen: MeshStorVolume,
    build: (volume: MeshStorVolume) => NodeStatus,
    kept: readonly MeshStorPartition[] = [],
  ): Promise<MeshStorVolume> {
    let current = seen;
    for (let attempt = 1; ; attempt++) {
      // Whoever was in between may be who deletes them.
      await this.#confirmKept(kept);
      try {
        const { name, resourceVersion } = current.metadata;
        const body = { metadata: { name, resourceVersion }, status: build(current) };
        return await this.kube.apply(volumes, body, { fieldManager, force: true, subresource: 'status' });
      } catch (error) {
        if (error instanceof ApiError && error.code === 404) throw new StaleView(seen.metadata.name, 'it is gone');
        if (!isConflict(error) || attempt === maxAttempts) throw error;
        current = await this.confirm(seen);
      }
    }
  }
}

/** What decisions of the node half rest on, besides the stack and the partitions. */
function basisOf({ metadata, spec, status }: MeshStorVolume) {
  return {
    epoch: status?.owner?.epoch,
    purpose: status?.owner?.purpose,
    attachedTo: spec.nodeName,
    releasedEpoch: spec.releasedEpoch,
    deleted: metadata.deletionTimestamp !== undefined,
    createdAt: status?.array?.createdAt,
    formattedAt: status?.formattedAt,
    inSync: textOf(status?.inSync),
    departed: textOf(status?.departed),
  };
}

const textOf = (members: readonly object[] = []): string =>
  JSON.stringify(members.map((member) => Object.entries(member).sort()));

/** The part of a status that statusOf builds, as it stands; to tell whether a write would change anything. */
export function nodePartOf({ status }: MeshStorVolume): Partial<NodeStatus> {
  const part: Partial<NodeStatus> = {
    inSync: status?.inSync,
    departed: status?.departed,
    formattedAt: status?.formattedAt,
    array: status?.array,
    mdState: status?.mdState,
    ready: status?.ready,
    totalDevices: status?.totalDevices,
    activeDevices: status?.activeDevices,
    failedDevices: status?.failedDevices,
    missingDevices: status?.missingDevices,
    degradedDevices: status?.degradedDevices,
    syncPercentage: status?.syncPercentage,
    conditions: status?.conditions?.filter(({ type }) => type === conditionTypes.arrayReady),
  };
  return part;
}
