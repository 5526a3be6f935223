import type { MeshStorNodeDevice } from '../../api/model';
import { namespace, nodeLeaseName } from '../../api/names';
import { leases } from '../../api/resources';
import type { KubeClient } from '../../runtime/kube/client';
import type { Lister } from '../../runtime/lister';
import { indexes } from '../caches';
import { reached } from '../volumes';

/** A node that was silent for this long is dead for the volume's rules (docs/design/volume.md). */
const deadAfterMs = 60_000;

/** What is known of nodes: by their drives, and by the lease that a node without drives renews as well. */
export class Nodes {
  constructor(
    private readonly kube: KubeClient,
    private readonly devices: Lister<MeshStorNodeDevice>,
  ) {}

  /** Whether MeshStor runs, or ran, on the node. */
  async isKnown(node: string): Promise<boolean> {
    return this.devices.byIndex(indexes.devicesByNode, node).length > 0 || (await this.lease(node)) !== undefined;
  }

  /**
   * Clock time until which the node counts as alive, as far as is known at `now`. A time in the past means that
   * it is dead; the lease is read from the API server before that is said, so that caches that lag kill nobody.
   */
  async aliveUntil(node: string, now: number): Promise<number> {
    const seen = newestHeartbeat(this.devices.byIndex(indexes.devicesByNode, node)) + deadAfterMs;
    if (seen > now) return seen;
    const renewed = (await this.lease(node))?.spec?.renewTime;
    return Math.max(seen, renewed ? Date.parse(renewed) + deadAfterMs : -Infinity);
  }

  private lease(node: string) {
    return reached(this.kube.get(leases, nodeLeaseName(node), namespace));
  }
}

/** Clock time of the last sign of life among a node's devices; -Infinity when there never was one. */
function newestHeartbeat(devices: readonly MeshStorNodeDevice[]): number {
  return Math.max(
    -Infinity,
    ...devices.map(({ status }) => (status?.updatedAt ? Date.parse(status.updatedAt) : -Infinity)),
  );
}

/** Whether one of the node's devices was updated within the last minute. */
export function isFresh(devices: readonly MeshStorNodeDevice[], now: number): boolean {
  return newestHeartbeat(devices) + deadAfterMs > now;
}
