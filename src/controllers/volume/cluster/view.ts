import { layoutOf, type Layout } from '../../../api/layout';
import type { MeshStorPartition, MeshStorVolume } from '../../../api/model';
import { livePartitions } from '../../../api/volume';
import type { Candidate } from './placement';

/** Everything a decision of the cluster half rests on. */
export interface View {
  readonly volume: MeshStorVolume;
  readonly layout: Layout;
  /** This volume's, those on their way out included. */
  readonly partitions: readonly MeshStorPartition[];
  /** This volume's that were asked for and cannot be seen yet; whether they exist may be unknown. */
  readonly promised: readonly MeshStorPartition[];
  /** Slots taken by partitions of this volume's name, those of an earlier volume included. */
  readonly takenSlots: readonly number[];
  /** Drives, with what can be promised of them; only there while something has to be placed. */
  readonly candidates: readonly Candidate[];
  readonly deadNodes: ReadonlySet<string>;
  /** The former owner had its time to stop and did not. */
  readonly handoverOverdue: boolean;
}

export function viewOf(seen: Omit<View, 'layout' | 'promised'> & Partial<Pick<View, 'promised'>>): View {
  return { promised: [], ...seen, layout: layoutOf(seen.volume.spec) };
}

export const live = ({ volume, partitions }: View): MeshStorPartition[] =>
  livePartitions(volume, partitions).sort((a, b) => a.spec.slot - b.spec.slot);

export const isDeleting = ({ volume }: View): boolean => volume.metadata.deletionTimestamp !== undefined;
export const wasCreated = ({ volume }: View): boolean => volume.status?.array?.createdAt !== undefined;

/** Whether the array of the present owner may still be running. */
export function mayRun(view: View): boolean {
  const { owner, array } = view.volume.status ?? {};
  if (!owner || view.deadNodes.has(owner.nodeName)) return false;
  return !(array?.epoch === owner.epoch && array.state === 'Stopped');
}
