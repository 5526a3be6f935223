import { conditionTypes, reasons } from '../../../api/conditions';
import type { Condition } from '../../../api/meta';
import type { MeshStorVolume } from '../../../api/model';
import { sameJSON } from '../../../runtime/same-json';
import type { Change } from '../pace';
import type { ClusterStatus } from './report';

/** How much the status differs from the one on record. */
export function changeOf(volume: MeshStorVolume, next: ClusterStatus): Change {
  const previous = clusterPartOf(volume);
  if (sameJSON(previous, next)) return 'none';
  return sameJSON(essence(previous), essence(next)) ? 'early' : 'now';
}

function clusterPartOf({ status }: MeshStorVolume): Partial<ClusterStatus> {
  return {
    observedGeneration: status?.observedGeneration,
    phase: status?.phase,
    nodeName: status?.nodeName,
    owner: status?.owner,
    partitions: status?.partitions,
    conditions: status?.conditions?.filter(({ type }) => type !== conditionTypes.arrayReady),
  };
}

/** What others act on. The rest (partition states, messages, progress of allocation) can wait a second. */
function essence({ phase, nodeName, owner, conditions = [] }: Partial<ClusterStatus>) {
  return { phase, nodeName, owner, conditions: conditions.map(verdictOf).sort() };
}

function verdictOf({ type, status, reason }: Condition): string {
  if (type !== conditionTypes.provisioned) return `${type} ${status} ${reason}`;
  const refusals: readonly string[] = [reasons.insufficientCapacity, reasons.invalidSpec];
  return refusals.includes(reason) ? `${type} ${reason}` : type;
}
