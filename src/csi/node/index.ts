import type { HostAgent } from '../../host/contract';
import type { Clock } from '../../runtime/clock';
import type { KubeClient } from '../../runtime/kube/client';
import type { VolumeCache } from '../caches';
import type { NodeDefinition } from '../gen/csi';
import { Inflight } from '../inflight';
import type { Service } from '../service';
import { VolumeStore } from '../volumes';
import { Waiter } from '../wait';
import type { NodeDeps } from './deps';
import { nodeCapabilities, nodeInfo } from './info';
import { publishVolume, unpublishVolume } from './publish';
import { stageVolume } from './stage';
import { volumeStats } from './stats';
import { unstageVolume } from './unstage';

export interface NodeServiceOptions {
  readonly nodeName: string;
  readonly kube: KubeClient;
  readonly host: HostAgent;
  /** At least of the volumes that this node consumes. */
  readonly cache: VolumeCache;
  readonly clock: Clock;
}

export function nodeService({
  nodeName,
  kube,
  host,
  cache,
  clock,
}: NodeServiceOptions): Service<typeof NodeDefinition> {
  const deps: NodeDeps = {
    nodeName,
    kube,
    host,
    cache,
    store: new VolumeStore(kube),
    waiter: new Waiter(clock, cache.changes),
    inflight: new Inflight(),
  };
  return {
    nodeStageVolume: (request, call) => stageVolume(deps, request, call),
    nodeUnstageVolume: (request, call) => unstageVolume(deps, request, call),
    nodePublishVolume: (request) => publishVolume(deps, request),
    nodeUnpublishVolume: (request) => unpublishVolume(deps, request),
    nodeGetVolumeStats: (request) => volumeStats(deps, request),
    nodeGetCapabilities: async () => ({ capabilities: nodeCapabilities }),
    nodeGetInfo: () => nodeInfo(deps),
  };
}
