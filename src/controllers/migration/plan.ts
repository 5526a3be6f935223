import type { MeshStorPartition, MigrationMove } from '../../api/model';
import { partitionName, topologyKeys } from '../../api/names';
import { place, type Candidate, type Placement } from '../volume/cluster/placement';
import { isRecorded, live, type View } from './view';

export type Plan =
  | { readonly ok: true; readonly moves: readonly MigrationMove[] }
  | { readonly ok: false; readonly reason: PlanFailure; readonly message: string };

/** `NoCandidate` may pass by itself; the others need another request. */
export type PlanFailure = 'NoCandidate' | 'InvalidSource' | 'InvalidTarget' | 'LastCopy';

const refuse = (reason: PlanFailure, message: string): Plan => ({ ok: false, reason, message });

/**
 * What a migration of type Member moves where. Pure.
 *
 * T1 A copy moves as a whole: all its partitions on the source's node, unless one drive is named.
 * T2 Only a copy that is being removed has no target, and only one that is being added has no source.
 * T3 No node gets two copies; a drive that leaves its node's copy may be followed by another of that node, unless
 *    it is replaced because it cannot be reached.
 * T4 A copy is removed only while more than are wanted exist.
 */
export function planOf(view: View): Plan {
  const { migration, volume, layout } = view;
  const { source, target, reason } = migration.spec;
  const sources = source ? sourcesOf(view) : [];
  if (source && sources.length === 0) {
    const where = [source.nodeName, source.device].filter(Boolean).join(' ');
    return refuse('InvalidSource', `${volume!.metadata.name} has no partition on ${where}.`);
  }
  const surplus = copiesOf(view) - layout!.copies;
  if (reason === 'Scaling' && source && !target) {
    if (surplus < 1) return refuse('LastCopy', `The volume has no copy more than the ${layout!.copies} it is to have.`);
    return { ok: true, moves: sources.map(({ metadata }) => ({ source: metadata.name })) };
  }
  if (!source && surplus >= 0) {
    const message = `The volume has its ${layout!.copies} copies. To add one, raise spec.numberOfCopies; to move one, name a source.`;
    return refuse('InvalidSource', message);
  }
  const placement = placementFor(view, sources);
  if (!placement.ok) return refuse(target?.nodeName ? 'InvalidTarget' : 'NoCandidate', placement.lacking);
  return { ok: true, moves: pairs(view, sources, placement) };
}

function sourcesOf(view: View): MeshStorPartition[] {
  const { nodeName, device } = view.migration.spec.source!;
  return live(view).filter(({ spec }) => spec.nodeName === nodeName && (!device || spec.device === device));
}

const copiesOf = (view: View): number => new Set(live(view).map(({ spec }) => spec.nodeName)).size;

function placementFor(view: View, sources: readonly MeshStorPartition[]): Placement {
  const { volume, layout, migration } = view;
  const { target, reason } = migration.spec;
  const owner = volume!.status?.owner?.nodeName;
  const members = live(view);
  const hasCopy = new Set(members.map(({ spec }) => spec.nodeName));
  const zones = (volume!.spec.topology?.requisite ?? []).flatMap((term) => term[topologyKeys.zone] ?? []);
  // A drive that is emptied gives to its own node first: the copy's other partitions stay where they are.
  const home =
    reason === 'Evacuation' || sources.length < layout!.drivesPerCopy ? sources[0]?.spec.nodeName : undefined;
  return place(
    {
      copies: 1,
      drivesPerCopy: sources.length || layout!.drivesPerCopy,
      partitionBytes: layout!.partitionBytes,
      sectorSize: volume!.spec.sectorSize ?? sectorSizeOf(view, members),
      zones: [...new Set(zones)],
      chosen: target?.nodeName ? [{ nodeName: target.nodeName, ...(target.device && { device: target.device }) }] : [],
      preferredNode: owner && !hasCopy.has(owner) ? owner : home,
    },
    view.candidates.map((candidate) => withObstacle(candidate, members, sources, hasCopy, isCutOff(view, sources))),
  );
}

/** Whether what is to be replaced cannot be reached. A drive that failed says so: its state is Faulty. */
const isCutOff = ({ migration, volume }: View, sources: readonly MeshStorPartition[]): boolean =>
  migration.spec.reason === 'MemberMissing' &&
  sources.some(({ metadata }) =>
    volume!.status?.partitions?.some(({ name, state }) => name === metadata.name && state === 'Missing'),
  );

function withObstacle(
  candidate: Candidate,
  members: readonly MeshStorPartition[],
  sources: readonly MeshStorPartition[],
  hasCopy: ReadonlySet<string>,
  cutOff: boolean,
): Candidate {
  if (candidate.excluded || !hasCopy.has(candidate.nodeName)) return candidate;
  const isHome = sources.some(({ spec }) => spec.nodeName === candidate.nodeName);
  if (!isHome) return { ...candidate, excluded: 'hosts a copy of this volume already' };
  if (cutOff) return { ...candidate, excluded: 'is on the node whose copy cannot be reached' };
  const used = members.some(({ spec }) => spec.deviceID === candidate.deviceID);
  return used ? { ...candidate, excluded: 'has a partition of this volume already' } : candidate;
}

function sectorSizeOf(view: View, members: readonly MeshStorPartition[]): number | undefined {
  const inSync = members.find((partition) => isRecorded(view, partition)) ?? members[0];
  return view.candidates.find(({ deviceID }) => deviceID === inSync?.spec.deviceID)?.sectorSize;
}

function pairs(
  view: View,
  sources: readonly MeshStorPartition[],
  { spots }: Extract<Placement, { ok: true }>,
): MigrationMove[] {
  const first = Math.max(-1, ...view.takenSlots) + 1;
  return spots.map(({ nodeName, device, deviceID }, index) => {
    const slot = first + index;
    const source = sources[index]?.metadata.name;
    const target = partitionName(view.volume!.metadata.name, slot);
    return { ...(source && { source }), target, nodeName, device, deviceID, slot };
  });
}

/** The plan in sentences, for `dryRun` and for whoever looks on. */
export function stepsOf(view: View, moves: readonly MigrationMove[]): string[] {
  const where = (name: string | undefined) => {
    const partition = live(view).find(({ metadata }) => metadata.name === name);
    return partition ? `${partition.spec.nodeName} ${partition.spec.device}` : (name ?? '');
  };
  return moves.flatMap(({ source, target, nodeName, device }) => [
    ...(target ? [`make partition ${target} on ${nodeName} ${device}`, `synchronise ${target}`] : []),
    ...(source ? [`remove ${source} from ${where(source)} once every other member is in sync, and erase it`] : []),
  ]);
}

/** Members in sync at the worst moment: none leaves before its successor is recorded. */
export function lowestInSync({ volume, layout }: View, moves: readonly MigrationMove[]): number {
  const now = volume?.status?.inSync?.length ?? 0;
  const removals = moves.filter(({ source, target }) => source && !target).length;
  return Math.max(0, Math.min(now - removals, layout?.expectedMembers ?? now));
}
