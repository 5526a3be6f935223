import { conditionTypes, reasons } from '../../api/conditions';
import { indexes } from '../../api/indexes';
import type { MeshStorPartition, MeshStorVolume } from '../../api/model';
import { conditionOf, isProvisioned, livePartitions, isCreated } from '../../api/volume';
import type { Call } from '../call';
import type { CreateVolumeRequest, CreateVolumeResponse } from '../gen/csi';
import { CsiError, type Code } from '../status';
import type { Look } from '../wait';
import type { ControllerDeps } from './deps';
import { volumeOf } from './describe';
import { differenceTo, wantedVolume } from './wanted';

/** Writes the volume down and waits until the space for it is allocated. */
export async function createVolume(
  deps: ControllerDeps,
  request: CreateVolumeRequest,
  call: Call,
): Promise<CreateVolumeResponse> {
  const wanted = wantedVolume(request);
  const { name } = wanted.metadata;
  return deps.inflight.run(name, async () => {
    const volume = (await deps.store.create(wanted)) ?? (await adopt(deps, wanted, request));
    const look = provisioning(deps, volume);
    await deps.waiter.until(call, { volume: name, look, timedOut: 'DEADLINE_EXCEEDED' });
    return { volume: volumeOf(volume) };
  });
}

/** The volume that has the name already, if it is what is asked for. */
async function adopt(
  deps: ControllerDeps,
  wanted: MeshStorVolume,
  request: CreateVolumeRequest,
): Promise<MeshStorVolume> {
  const { name } = wanted.metadata;
  const existing = await deps.store.read(name);
  if (!existing || existing.metadata.deletionTimestamp) {
    throw new CsiError('ABORTED', `an earlier volume ${name} is still being deleted`);
  }
  const difference = differenceTo(existing, wanted, request.capacityRange);
  if (difference) throw new CsiError('ALREADY_EXISTS', `volume ${name} exists and differs: ${difference}`);
  return existing;
}

/** The code for each reason of Provisioned=False that no waiting mends. */
const refusals: Partial<Record<string, Code>> = {
  [reasons.insufficientCapacity]: 'RESOURCE_EXHAUSTED',
  [reasons.invalidSpec]: 'INVALID_ARGUMENT',
};

function provisioning({ store, caches }: ControllerDeps, { metadata }: MeshStorVolume): () => Promise<Look<true>> {
  let appeared = false;
  return async () => {
    const volume = caches.volumes.get(metadata.name);
    if (!volume || volume.metadata.uid !== metadata.uid) {
      if (appeared) throw new CsiError('ABORTED', `volume ${metadata.name} was deleted while it was being provisioned`);
      return { pending: 'nothing is reported about it' };
    }
    appeared = true;
    const partitions = caches.partitions.byIndex(indexes.byVolumeName, metadata.name);
    // Space is allocated for good once the array is made; members may come and go from then on.
    if (volume.status?.array?.createdAt || isProvisioned(volume, partitions)) return { done: true };
    const condition = conditionOf(volume, conditionTypes.provisioned);
    const code = condition?.status === 'False' ? refusals[condition.reason] : undefined;
    // The version with the verdict is deleted, and no later one: nothing can have been built on it.
    if (code && (await store.delete(volume))) {
      throw new CsiError(code, `volume ${metadata.name} cannot be provisioned: ${condition!.message}`);
    }
    return { pending: condition?.message ?? progress(volume, partitions) };
  };
}

function progress(volume: MeshStorVolume, partitions: readonly MeshStorPartition[]): string {
  const missing = livePartitions(volume, partitions).filter((partition) => !isCreated(partition));
  if (missing.length === 0) return 'its copies are not placed';
  return missing.map(partitionProgress).join('; ');
}

function partitionProgress(partition: MeshStorPartition): string {
  const why = conditionOf(partition, conditionTypes.ready);
  const detail = why?.status === 'False' ? why.message : 'not made yet';
  return `partition ${partition.metadata.name} on node ${partition.spec.nodeName}: ${detail}`;
}
