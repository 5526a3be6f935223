import type { MeshStorPartition } from '../../api/model';
import { labels } from '../../api/names';
import type { Drive } from '../../host/gen/host';
import type { Lister } from '../../runtime/lister';
import type { Counts } from './status';

/** Name of the partition informer's index over spec.partitionUUID. */
export const byPartitionUUID = 'partitionUUID';

/** Local: the consumer is here. Remote: it is elsewhere. Unknown: ours by its label, and no object claims it. */
export function countsOf(drive: Drive | undefined, partitions: Lister<MeshStorPartition>, thisNode: string): Counts {
  const counts = { local: 0, remote: 0, unknown: 0 };
  for (const { uuid } of drive?.partitions ?? []) {
    const [partition] = partitions.byIndex(byPartitionUUID, uuid);
    if (!partition) counts.unknown += 1;
    else if (partition.metadata.labels?.[labels.consumer] === thisNode) counts.local += 1;
    else counts.remote += 1;
  }
  return counts;
}
