import { conditionTypes } from '../../api/conditions';
import type { MeshStorVolume } from '../../api/model';
import { conditionOf } from '../../api/volume';
import type { Call } from '../call';
import { since } from '../caches';
import type { ControllerPublishVolumeRequest, ControllerPublishVolumeResponse } from '../gen/csi';
import { accessOf, misfit, type Access } from '../request/capability';
import { nodeId, volumeId } from '../request/ids';
import { CsiError, invalid, notFound, precondition } from '../status';
import type { Look } from '../wait';
import type { ControllerDeps } from './deps';

/** Writes down the node that is to use the volume, and waits until the attachment stands. */
export async function publishVolume(
  deps: ControllerDeps,
  request: ControllerPublishVolumeRequest,
  call: Call,
): Promise<ControllerPublishVolumeResponse> {
  const name = volumeId(request.volumeId);
  const node = nodeId(request.nodeId);
  const access = accessOf('volume_capability', request.volumeCapability);
  if (request.readonly) throw invalid('readonly: a volume is attached for writing; ask for read-only at publication');
  return deps.inflight.run(name, async () => {
    if (!(await deps.nodes.isKnown(node))) throw notFound(`node ${node} does not run MeshStor`);
    const volume = await deps.store.change(name, (seen) => claim(seen, node, access));
    if (!volume) throw notFound(`volume ${name} does not exist`);
    await deps.waiter.until(call, { volume: name, look: attachment(deps, volume, node), timedOut: 'ABORTED' });
    return { publishContext: {} };
  });
}

/** The change that attaches the volume to the node, if there is one to make and it may be made. */
function claim(volume: MeshStorVolume, node: string, access: Access): object | undefined {
  const { metadata, spec } = volume;
  if (metadata.deletionTimestamp) throw precondition(`volume ${metadata.name} is being deleted`);
  if (spec.nodeName !== undefined && spec.nodeName !== node) {
    throw precondition(`volume ${metadata.name} is attached to node ${spec.nodeName}; detach it there first`);
  }
  const why = misfit(volume, access);
  if (why) throw new CsiError(spec.nodeName === node ? 'ALREADY_EXISTS' : 'INVALID_ARGUMENT', why);
  return spec.nodeName === node ? undefined : { nodeName: node };
}

function attachment({ caches }: ControllerDeps, written: MeshStorVolume, node: string): () => Look<true> {
  const { name } = written.metadata;
  return () => {
    const volume = since(caches.volumes, written);
    if (!volume) return { pending: 'nothing is reported about it' };
    if (volume.spec.nodeName !== node) {
      throw new CsiError('ABORTED', `volume ${name} was detached from node ${node} meanwhile`);
    }
    if (volume.status?.nodeName === node) return { done: true };
    const why = conditionOf(volume, conditionTypes.attached)?.message;
    return { pending: why ?? `node ${node} has not been given the volume` };
  };
}
