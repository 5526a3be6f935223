import type { MeshStorVolume } from '../../api/model';
import { isArrayReady } from '../../api/volume';
import type {
  NodePublishVolumeRequest,
  NodePublishVolumeResponse,
  NodeUnpublishVolumeRequest,
  NodeUnpublishVolumeResponse,
} from '../gen/csi';
import { accessOf, misfit, type Access } from '../request/capability';
import { anyVolumeId, volumeId } from '../request/ids';
import { path } from '../request/paths';
import { invalid, notFound, precondition } from '../status';
import type { NodeDeps } from './deps';
import { mountPaths, refOf } from './mounts';
import { checkAttached } from './stage';

interface Publication {
  readonly staging: string;
  readonly target: string;
  readonly access: Access;
  readonly readOnly: boolean;
}

/** Shows the staged volume to one pod, at the path the kubelet names. */
export async function publishVolume(
  deps: NodeDeps,
  request: NodePublishVolumeRequest,
): Promise<NodePublishVolumeResponse> {
  const name = volumeId(request.volumeId);
  const publication = publicationOf(request);
  return deps.inflight.run(name, async () => {
    const volume = await deps.store.read(name);
    if (!volume) throw notFound(`volume ${name} does not exist`);
    checkAttached(volume, deps.nodeName);
    const why = misfit(volume, publication.access);
    if (why) throw invalid(why);
    const paths = await mountPaths(deps.host, volume.metadata.uid!);
    checkStaged(volume, publication, paths);
    checkAlone(name, publication, paths);
    await bind(deps, volume, publication);
    return {};
  });
}

function publicationOf(request: NodePublishVolumeRequest): Publication {
  const target = path('target_path', request.targetPath);
  const access = accessOf('volume_capability', request.volumeCapability);
  if (request.stagingTargetPath === '') throw precondition('staging_target_path is missing: stage the volume first');
  const staging = path('staging_target_path', request.stagingTargetPath);
  if (staging === target) throw invalid('target_path is the same as staging_target_path');
  return { staging, target, access, readOnly: request.readonly || access.mode === 'SINGLE_NODE_READER_ONLY' };
}

/** Staging leaves a mount; of a block volume nothing but its array, which runs only between stage and unstage. */
function checkStaged(volume: MeshStorVolume, { staging }: Publication, paths: readonly string[]): void {
  const { spec, status, metadata } = volume;
  const released = spec.releasedEpoch !== undefined && spec.releasedEpoch === status?.owner?.epoch;
  const staged = spec.volumeMode === 'Block' ? isArrayReady(volume) && !released : paths.includes(staging);
  if (!staged) throw precondition(`volume ${metadata.name} is not staged at ${staging}; stage it first`);
}

/** A volume for a single pod is published once. */
function checkAlone(name: string, { staging, target, access }: Publication, paths: readonly string[]): void {
  if (access.mode !== 'SINGLE_NODE_SINGLE_WRITER') return;
  const others = paths.filter((mounted) => mounted !== staging && mounted !== target);
  if (others.length > 0) {
    throw precondition(`volume ${name} is for a single pod, and is published at ${others.join(', ')} already`);
  }
}

async function bind({ host }: NodeDeps, volume: MeshStorVolume, publication: Publication): Promise<void> {
  const { staging, target, readOnly } = publication;
  const ref = refOf(volume);
  if (volume.spec.volumeMode === 'Block') await host.bindDevice({ volume: ref, path: target, readOnly });
  else await host.bindMount({ volume: ref, source: staging, path: target, readOnly });
}

/** Asks nobody but the node: a pod must be able to go while the API server is away, or its volume deleted. */
export async function unpublishVolume(
  deps: NodeDeps,
  request: NodeUnpublishVolumeRequest,
): Promise<NodeUnpublishVolumeResponse> {
  const target = path('target_path', request.targetPath);
  const name = anyVolumeId(request.volumeId);
  if (name === undefined) return {};
  return deps.inflight.run(name, async () => {
    await deps.host.unmount({ path: target });
    return {};
  });
}
