import { indexes } from '../../api/indexes';
import type { MeshStorPartition } from '../../api/model';
import type { Call } from '../call';
import type { DeleteVolumeRequest, DeleteVolumeResponse } from '../gen/csi';
import { anyVolumeId } from '../request/ids';
import { CsiError, precondition } from '../status';
import type { Look } from '../wait';
import type { ControllerDeps } from './deps';

/** Deletes that lost against another writer in a row before the caller is told to retry. */
const maxAttempts = 16;

/** Deletes the volume and waits until it is gone: array stopped, content wiped, space free. */
export async function deleteVolume(
  deps: ControllerDeps,
  request: DeleteVolumeRequest,
  call: Call,
): Promise<DeleteVolumeResponse> {
  const name = anyVolumeId(request.volumeId);
  if (name === undefined) return {};
  return deps.inflight.run(name, async () => {
    const uid = await markDeleted(deps, name);
    if (uid === undefined) return {};
    const look = disappearance(deps, name, uid);
    await deps.waiter.until(call, { volume: name, look, timedOut: 'ABORTED' });
    return {};
  });
}

/** The uid of the volume that is now on its way out; undefined when there is none. */
async function markDeleted({ store }: ControllerDeps, name: string): Promise<string | undefined> {
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const volume = await store.read(name);
    if (!volume) return undefined;
    const { nodeName } = volume.spec;
    if (nodeName !== undefined) throw precondition(`volume ${name} is attached to node ${nodeName}; detach it first`);
    // By its very version, so that an attachment that comes in between is seen.
    if (volume.metadata.deletionTimestamp || (await store.delete(volume))) return volume.metadata.uid;
  }
  throw new CsiError('ABORTED', `volume ${name} is being changed by others all the time`);
}

function disappearance({ store, caches }: ControllerDeps, name: string, uid: string): () => Promise<Look<true>> {
  return async () => {
    const cached = caches.volumes.get(name);
    // A cache that lags shows nothing as well; only the API server says that it is gone.
    if (cached?.metadata.uid !== uid && (await store.read(name))?.metadata.uid !== uid) return { done: true };
    const partitions = caches.partitions.byIndex(indexes.byVolumeName, name);
    const left = partitions.filter(({ spec }) => spec.volumeUID === uid).map(wipeProgress);
    return { pending: left.length > 0 ? left.join('; ') : 'its array has not stopped' };
  };
}

function wipeProgress({ metadata, spec, status }: MeshStorPartition): string {
  const { wipe } = status ?? {};
  const share = wipe?.state === 'Running' ? Math.floor(((wipe.bytesDone ?? 0) / spec.sizeBytes) * 100) : undefined;
  const doing = share === undefined ? 'is not removed yet' : `is being wiped, ${share} % done`;
  return `partition ${metadata.name} on node ${spec.nodeName} ${doing}`;
}
