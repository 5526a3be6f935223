import { reportedAt } from '../../api/drive';
import { indexes } from '../../api/indexes';
import type { MeshStorNodeDevice } from '../../api/model';
import { namespace, nodeLeaseName } from '../../api/names';
import { leases } from '../../api/resources';
import { silentFrom } from '../../api/silence';
import type { KubeClient } from '../../runtime/kube/client';
import type { Lister } from '../../runtime/lister';
import { reached } from '../volumes';

/** What is known of nodes: by their drives, and by the lease that a node without drives renews as well. */
export class Nodes {
  constructor(
    private readonly kube: KubeClient,
    private readonly devices: Lister<MeshStorNodeDevice>,
  ) {}

  /** Whether MeshStor runs, or ran, on the node. */
  async isKnown(node: string): Promise<boolean> {
    return this.devices.byIndex(indexes.byNode, node).length > 0 || (await this.lease(node)) !== undefined;
  }

  /**
   * Clock time from which the node counts as dead, as far as is known at `now`. Where that is now or past, it is dead;
   * the lease is read from the API server before that is said, so that caches that lag kill nobody.
   */
  async deadFrom(node: string, now: number): Promise<number> {
    const seen = silentFrom(newestReport(this.devices.byIndex(indexes.byNode, node)));
    if (seen > now) return seen;
    const renewed = (await this.lease(node))?.spec?.renewTime;
    return Math.max(seen, renewed ? silentFrom(Date.parse(renewed)) : -Infinity);
  }

  private lease(node: string) {
    return reached(this.kube.get(leases, nodeLeaseName(node), namespace));
  }
}

/** Clock time of the last sign of life among a node's devices; -Infinity when there never was one. */
function newestReport(devices: readonly MeshStorNodeDevice[]): number {
  return Math.max(-Infinity, ...devices.map(reportedAt).filter((time) => !Number.isNaN(time)));
}
