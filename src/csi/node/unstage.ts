import { conditionTypes } from '../../api/conditions';
import type { MeshStorVolume } from '../../api/model';
import { conditionOf, isStopped } from '../../api/volume';
import type { Call } from '../call';
import { isSince } from '../caches';
import type { NodeUnstageVolumeRequest, NodeUnstageVolumeResponse } from '../gen/csi';
import { anyVolumeId } from '../request/ids';
import { path } from '../request/paths';
import { precondition } from '../status';
import type { Look } from '../wait';
import type { NodeDeps } from './deps';
import { mountPathsByName } from './mounts';

/** Unmounts, lets go of the volume under the present ownership, and waits until its array is stopped. */
export async function unstageVolume(
  deps: NodeDeps,
  request: NodeUnstageVolumeRequest,
  call: Call,
): Promise<NodeUnstageVolumeResponse> {
  const staging = path('staging_target_path', request.stagingTargetPath);
  const name = anyVolumeId(request.volumeId);
  if (name === undefined) return {};
  return deps.inflight.run(name, async () => {
    await unmount(deps, name, staging);
    const volume = await deps.store.change(name, (seen) => release(seen, deps.nodeName));
    if (!volume || isLetGo(volume, deps.nodeName)) return {};
    const look = stopping(deps, volume);
    await deps.waiter.until(call, { volume: name, look, timedOut: 'ABORTED' });
    return {};
  });
}

async function unmount({ host }: NodeDeps, name: string, staging: string): Promise<void> {
  const targets = (await mountPathsByName(host, name)).filter((mounted) => mounted !== staging);
  if (targets.length > 0) throw precondition(`volume ${name} is still published at ${targets.join(', ')}`);
  await host.unmount({ path: staging });
}

function release(volume: MeshStorVolume, here: string): object | undefined {
  const owner = volume.status?.owner;
  if (isLetGo(volume, here) || volume.spec.releasedEpoch === owner!.epoch) return undefined;
  return { releasedEpoch: owner!.epoch };
}

/** Whether no array runs here, or will run here, for a consumer of this node. */
function isLetGo(volume: MeshStorVolume, here: string): boolean {
  const owner = volume.status?.owner;
  if (owner?.nodeName !== here) return true;
  // Nobody used the array that is only being built here.
  if (owner.purpose === 'Initialize' && volume.spec.nodeName !== here) return true;
  return volume.spec.releasedEpoch === owner.epoch && isStopped(volume, owner);
}

function stopping({ cache, store, nodeName }: NodeDeps, written: MeshStorVolume): () => Promise<Look<true>> {
  const { name, uid } = written.metadata;
  return async () => {
    // This node stops seeing a volume when another becomes its consumer; absence alone proves nothing.
    const cached = cache.volumes.get(name);
    const volume = cached?.metadata.uid === uid ? cached : await store.read(name);
    if (!volume || volume.metadata.uid !== uid) return { done: true };
    if (isSince(volume, written.metadata) && isLetGo(volume, nodeName)) return { done: true };
    const why = conditionOf(volume, conditionTypes.arrayReady)?.message;
    return { pending: `its array has not stopped on node ${nodeName}${why ? `: ${why}` : ''}` };
  };
}
