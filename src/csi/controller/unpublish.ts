import { conditionTypes } from '../../api/conditions';
import type { MeshStorVolume } from '../../api/model';
import { conditionOf, isStopped } from '../../api/volume';
import type { Call } from '../call';
import { since } from '../caches';
import type { ControllerUnpublishVolumeRequest, ControllerUnpublishVolumeResponse } from '../gen/csi';
import { anyVolumeId } from '../request/ids';
import type { Look } from '../wait';
import type { ControllerDeps } from './deps';

/** Takes the attachment back, and waits until the array runs there no more or the node is known to be dead. */
export async function unpublishVolume(
  deps: ControllerDeps,
  request: ControllerUnpublishVolumeRequest,
  call: Call,
): Promise<ControllerUnpublishVolumeResponse> {
  const name = anyVolumeId(request.volumeId);
  if (name === undefined) return {};
  return deps.inflight.run(name, async () => {
    let node: string | undefined;
    const volume = await deps.store.change(name, (seen) => {
      node = request.nodeId || (seen.spec.nodeName ?? seen.status?.owner?.nodeName);
      return node !== undefined && seen.spec.nodeName === node ? { nodeName: null } : undefined;
    });
    if (!volume || node === undefined) return {};
    const look = detachment(deps, volume, node);
    await deps.waiter.until(call, { volume: name, look, timedOut: 'ABORTED' });
    return {};
  });
}

function detachment(deps: ControllerDeps, written: MeshStorVolume, node: string): () => Promise<Look<true>> {
  return async () => {
    const volume = since(deps.caches.volumes, written) ?? written;
    if (hasLetGo(volume, node)) return { done: true };
    const deadFrom = await deps.nodes.deadFrom(node, deps.clock.now());
    if (deadFrom <= deps.clock.now()) return { done: true };
    const why = conditionOf(volume, conditionTypes.arrayReady)?.message;
    return { pending: `node ${node} has not stopped the array${why ? `: ${why}` : ''}`, recheckAt: deadFrom };
  };
}

/** Whether the volume is not attached to the node, and its array does not run there for an attachment. */
function hasLetGo(volume: MeshStorVolume, node: string): boolean {
  const owner = volume.status?.owner;
  if (!owner || owner.nodeName !== node) return true;
  // An array that is only being built was never attached; it goes on.
  return owner.purpose === 'Initialize' || isStopped(volume, owner);
}
