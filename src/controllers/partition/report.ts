import { conditionTypes } from '../../api/conditions';
import type { Condition } from '../../api/meta';
import type { MeshStorPartitionStatus } from '../../api/model';
import { quantity } from '../../api/quantity';
import { Transport } from '../../host/gen/host';
import { observed } from '../../runtime/conditions';
import { wantedExport, type Obstacle, type View } from './decide';

/** What this pass adds to what is on record. */
export interface Facts {
  /** Every wish of the spec is carried out, so that its epoch can be confirmed. */
  readonly settled: boolean;
  readonly obstacle?: Obstacle;
  readonly wipedTo?: number;
}

/** The status as this view shows it. Pure; `now` is a metav1.Time. */
export function statusOf(view: View, facts: Facts, now: string): MeshStorPartitionStatus {
  const { partition, found } = view;
  const { spec, status, metadata } = partition;
  const deleting = metadata.deletionTimestamp !== undefined && !view.keep;
  const present = found.state === 'present' ? found.partition : undefined;
  const exists = present !== undefined || view.made;
  const size = present?.sizeBytes ?? status?.sizeBytes;
  const bytesDone = facts.wipedTo ?? status?.wipe?.bytesDone;
  const exported = facts.settled && present ? exportOf(view) : lastExport(view);
  return {
    ...(metadata.generation !== undefined && { observedGeneration: metadata.generation }),
    state: deleting ? 'Deleting' : exists ? 'Created' : (status?.state ?? 'Requested'),
    ...((exists || status?.partitionUUID) && { partitionUUID: spec.partitionUUID }),
    ...(size !== undefined && { sizeBytes: size, size: quantity(size) }),
    ...(exported && { export: exported }),
    ...sessionOf(view),
    ...(bytesDone !== undefined && { wipe: { state: view.wiped ? 'Done' : 'Running', bytesDone } }),
    conditions: [condition(view, facts, now)],
  };
}

/** As long as the drive cannot be looked at, what was last known of it stands. */
function sessionOf({
  partition: { status },
  found,
}: View): Pick<MeshStorPartitionStatus, 'driveSession' | 'volatileWriteCache'> {
  const { driveSession, volatileWriteCache } = found.state === 'present' ? found.partition : (status ?? {});
  return { ...(driveSession && { driveSession }), ...(volatileWriteCache !== undefined && { volatileWriteCache }) };
}

/** The confirmation of spec.epoch. */
function exportOf(view: View): MeshStorPartitionStatus['export'] {
  const { epoch } = view.partition.spec;
  const wanted = wantedExport(view);
  if (!wanted) return { epoch, state: 'None' };
  const { transport, address, port } = wanted.endpoint;
  return {
    epoch,
    state: 'Serving',
    nqn: wanted.nqn,
    namespaceUUID: wanted.namespaceUUID,
    transport: transport === Transport.RDMA ? 'rdma' : 'tcp',
    address,
    port,
  };
}

/** As it was confirmed; the epoch stands also when nothing is served under it any more. */
function lastExport({ partition: { status }, unserved }: View): MeshStorPartitionStatus['export'] {
  return unserved && status?.export ? { epoch: status.export.epoch, state: 'None' } : status?.export;
}

function condition(view: View, { obstacle, settled }: Facts, now: string): Condition {
  const type = conditionTypes.ready;
  const verdict = obstacle
    ? ({ status: 'False', ...obstacle } as const)
    : view.partition.metadata.deletionTimestamp !== undefined
      ? ({ status: 'False', reason: 'Deleting', message: 'The content is being erased.' } as const)
      : settled
        ? ({ status: 'True', reason: 'Created', message: 'The partition exists and serves its epoch.' } as const)
        : ({ status: 'False', reason: 'Pending', message: 'The partition is being made or exported.' } as const);
  return observed(type, verdict, view.partition.status?.conditions, now);
}
