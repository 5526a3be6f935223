import { layoutOf, type Layout } from '../../../api/layout';
import type { MeshStorMigration, MeshStorPartition, MeshStorVolume } from '../../../api/model';
import { isStopped, livePartitions } from '../../../api/volume';
import type { Candidate } from './placement';

/** Time a live former owner has to stop its array before the next one is named and fences it (C8). */
export const handoverPatienceMs = 60_000;

/** A member that is missing or whose drive fails. */
export interface Absence {
  /** Of its partition. */
  readonly name: string;
  readonly nodeName: string;
  /** Milliseconds until its time is over; 0: it is. */
  readonly dueMs: number;
  /** Milliseconds for which people want nothing on its node replaced. */
  readonly heldMs: number;
  /** So many nodes are silent that the silence is more likely the network's, or ours. */
  readonly storm: boolean;
}

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
  /** Of this volume, finished ones included. */
  readonly migrations: readonly MeshStorMigration[];
  readonly absences: readonly Absence[];
  /** Why the node that the volume is wanted on cannot run arrays. */
  readonly unfit: string | undefined;
  /** Identities of drives that people want emptied. */
  readonly evacuated: ReadonlySet<string>;
}

type Quiet = 'promised' | 'migrations' | 'absences' | 'evacuated' | 'unfit';

export function viewOf(seen: Omit<View, 'layout' | Quiet> & Partial<Pick<View, Quiet>>): View {
  const nothing = { promised: [], migrations: [], absences: [], evacuated: new Set<string>(), unfit: undefined };
  return { ...nothing, ...seen, layout: layoutOf(seen.volume.spec) };
}

export const live = ({ volume, partitions }: View): MeshStorPartition[] =>
  livePartitions(volume, partitions).sort((a, b) => a.spec.slot - b.spec.slot);

/** Nodes with a copy, by the slots of their partitions. */
export const copiesOf = (view: View): string[] => [...new Set(live(view).map(({ spec }) => spec.nodeName))];

export const isDeleting = ({ volume }: View): boolean => volume.metadata.deletionTimestamp !== undefined;
export const wasCreated = ({ volume }: View): boolean => volume.status?.array?.createdAt !== undefined;

/** Whether the array of the present owner may still be running. */
export function mayRun(view: View): boolean {
  const owner = view.volume.status?.owner;
  return owner !== undefined && !view.deadNodes.has(owner.nodeName) && !isStopped(view.volume, owner);
}
