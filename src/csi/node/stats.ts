import { isHostError } from '../../host/errors';
import type { PathStats } from '../../host/gen/host';
import { volumeCondition } from '../condition';
import type { NodeGetVolumeStatsRequest, NodeGetVolumeStatsResponse, VolumeUsage } from '../gen/csi';
import { anyVolumeId } from '../request/ids';
import { path } from '../request/paths';
import { quote } from '../request/text';
import { notFound } from '../status';
import type { NodeDeps } from './deps';
import { mountPaths } from './mounts';

/** Size and use of a volume where it is mounted, and its health as this node reports it. */
export async function volumeStats(
  { cache, store, host }: NodeDeps,
  request: NodeGetVolumeStatsRequest,
): Promise<NodeGetVolumeStatsResponse> {
  const name = anyVolumeId(request.volumeId);
  const where = path('volume_path', request.volumePath);
  const volume = name === undefined ? undefined : (cache.volumes.get(name) ?? (await store.read(name)));
  if (!volume) throw notFound(`volume ${quote(request.volumeId)} does not exist`);
  const missing = notFound(`volume ${volume.metadata.name} is not mounted at ${where}`);
  if (!(await mountPaths(host, volume.metadata.uid!)).includes(where)) throw missing;
  try {
    return { usage: usageOf(await host.getPathStats({ path: where })), volumeCondition: volumeCondition(volume) };
  } catch (error) {
    throw isHostError(error, 'NotFound') ? missing : error;
  }
}

function usageOf(stats: PathStats): VolumeUsage[] {
  const bytes: VolumeUsage = {
    unit: 'BYTES',
    total: stats.totalBytes,
    available: stats.availableBytes,
    used: stats.usedBytes,
  };
  if (stats.block) return [bytes];
  const { totalInodes: total, availableInodes: available, usedInodes: used } = stats;
  return [bytes, { unit: 'INODES', total, available, used }];
}
