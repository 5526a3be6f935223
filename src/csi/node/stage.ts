import { conditionTypes } from '../../api/conditions';
import { fileSystemUUID } from '../../api/identity';
import type { MeshStorVolume } from '../../api/model';
import { conditionOf, isArrayReady } from '../../api/volume';
import type { Call } from '../call';
import { since } from '../caches';
import type { NodeStageVolumeRequest, NodeStageVolumeResponse } from '../gen/csi';
import { accessOf, misfit, type Access } from '../request/capability';
import { volumeId } from '../request/ids';
import { path } from '../request/paths';
import { invalid, notFound, precondition } from '../status';
import type { Look } from '../wait';
import type { NodeDeps } from './deps';
import { refOf } from './mounts';

/** Mounting may have to replay a file system's log first. */
const mountDeadlineMs = 120_000;

/** Waits until the array of the present ownership is there, and mounts its file system. */
export async function stageVolume(
  deps: NodeDeps,
  request: NodeStageVolumeRequest,
  call: Call,
): Promise<NodeStageVolumeResponse> {
  const name = volumeId(request.volumeId);
  const staging = path('staging_target_path', request.stagingTargetPath);
  const access = accessOf('volume_capability', request.volumeCapability);
  return deps.inflight.run(name, async () => {
    const volume = await deps.store.change(name, (seen) => takeBack(seen, deps.nodeName, access));
    if (!volume) throw notFound(`volume ${name} does not exist`);
    await deps.waiter.until(call, { volume: name, look: readiness(deps, volume), timedOut: 'UNAVAILABLE' });
    // From here on nothing is cancelled: a mount that is under way would come after the next call's unmount.
    if (volume.spec.volumeMode === 'Filesystem') await mount(deps, volume, staging, access);
    return {};
  });
}

/** Checks that the volume is attached here, and takes back that it was released under the present epoch. */
function takeBack(volume: MeshStorVolume, here: string, access: Access): object | undefined {
  checkAttached(volume, here);
  const why = misfit(volume, access);
  if (why) throw invalid(why);
  const owner = volume.status?.owner;
  const released = owner?.nodeName === here && volume.spec.releasedEpoch === owner.epoch;
  return released ? { releasedEpoch: null } : undefined;
}

/** Throws FAILED_PRECONDITION unless the volume is attached to this node. */
export function checkAttached({ metadata, spec }: MeshStorVolume, here: string): void {
  if (spec.nodeName === here) return;
  const where = spec.nodeName === undefined ? 'not attached to any node' : `attached to node ${spec.nodeName}`;
  throw precondition(`volume ${metadata.name} is ${where}, and cannot be used on ${here}`);
}

function readiness({ cache, nodeName }: NodeDeps, written: MeshStorVolume): () => Look<true> {
  return () => {
    // This node sees a volume as soon as it is its consumer.
    const volume = since(cache.volumes, written);
    if (volume) checkAttached(volume, nodeName);
    const owner = volume?.status?.owner;
    if (!volume || owner?.nodeName !== nodeName) return { pending: `node ${nodeName} has not been given the volume` };
    if (isArrayReady(volume) && volume.spec.releasedEpoch !== owner.epoch) return { done: true };
    const why = conditionOf(volume, conditionTypes.arrayReady);
    return { pending: why?.status === 'False' ? why.message : `its array does not run on node ${nodeName}` };
  };
}

async function mount(deps: NodeDeps, volume: MeshStorVolume, staging: string, access: Access): Promise<void> {
  const uuid = fileSystemUUID(volume.metadata.uid!);
  await deps.host.mountVolume(
    {
      volume: refOf(volume),
      fileSystem: { type: volume.spec.fsType, uuid },
      path: staging,
      options: [...access.mountFlags],
    },
    { deadlineMs: mountDeadlineMs },
  );
}
