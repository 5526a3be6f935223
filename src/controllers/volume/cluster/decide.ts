import { conditionTypes, placementFailures } from '../../../api/conditions';
import { finalizers, isVolumeName, labels, nodeLabel, topologyKeys } from '../../../api/names';
import type { MeshStorPartition, Owner } from '../../../api/model';
import { specProblems } from '../../../api/validate';
import { conditionOf, memberPartitions } from '../../../api/volume';
import { importersFor } from './make-partition';
import { isHeld, moveFor, type Move } from './moves';
import { place, type Placement, type Spot } from './placement';
import { isDeleting, live, mayRun, wasCreated, type View } from './view';

/** What the cluster half can do; act.ts has one entry per verb. */
export type Verbs = {
  addFinalizer: object;
  dropFinalizer: object;
  createPartition: { readonly slot: number; readonly spot: Spot; readonly owner: string };
  /** The uid is undefined for one of which is not known whether it was made. */
  deletePartition: { readonly name: string; readonly uid: string | undefined };
  alignPartition: {
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly epoch: number;
    readonly importers: readonly string[];
    readonly consumer: string;
    readonly copyPaused: boolean;
  };
  labelVolume: { readonly consumer: string };
  /** Compare-and-swap of status.owner. */
  grant: { readonly owner: Omit<Owner, 'since' | 'formerNodeName'> };
  createMigration: { readonly name: string; readonly move: Move };
};
export type Action = { [V in keyof Verbs]: { readonly verb: V } & Readonly<Verbs[V]> }[keyof Verbs];

export interface Decision {
  readonly rule: string | undefined;
  readonly actions: readonly Action[];
  /** Set by C3 and C5 when nothing can be done before something outside changes. */
  readonly refusal?: { readonly reason: 'InvalidSpec' | 'InsufficientCapacity'; readonly message: string };
  /** Set by C8: why the node that the volume is wanted on cannot have it. */
  readonly unfit?: string;
  /** Set by C8 while the former owner has not stopped. */
  readonly awaitingHandover?: boolean;
}

type Rule = (view: View) => Omit<Decision, 'rule'> | undefined;
const doing = (actions: readonly Action[]) => (actions.length > 0 ? { actions } : undefined);

// docs/design/volume.md, "Cluster half".
const rules: readonly (readonly [string, Rule])[] = [
  ['C1', windDown],
  [
    'C2',
    ({ volume }) => doing(volume.metadata.finalizers?.includes(finalizers.volume) ? [] : [{ verb: 'addFinalizer' }]),
  ],
  ['C3', validate],
  ['C4', discardFailed],
  ['C5', placeCopies],
  ['C6', firstOwner],
  ['C7', attach],
  ['C8', handOver],
  ['C9', alignPartitions],
  ['C10', labelVolume],
  ['C11', move],
];

/** The next steps for one volume. Pure; the first rule with work wins. */
export function decide(view: View): Decision {
  for (const [rule, of] of rules) {
    const decision = of(view);
    if (decision) return { rule, ...decision };
  }
  return { rule: undefined, actions: [] };
}

function windDown(view: View): Omit<Decision, 'rule'> | undefined {
  if (!isDeleting(view)) return undefined;
  // The owner's node has to see the volume before it can let go of it.
  const unseen = labelVolume(view);
  if (unseen) return unseen;
  if (view.volume.spec.nodeName !== undefined || mayRun(view)) return { actions: [] };
  const seen = view.partitions.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const going = [...seen, ...view.promised];
  if (going.length > 0) return { actions: going.map(deletion) };
  const pending = view.partitions.filter(({ spec }) => !view.deadNodes.has(spec.nodeName));
  const held = view.volume.metadata.finalizers?.includes(finalizers.volume);
  return { actions: pending.length === 0 && held ? [{ verb: 'dropFinalizer' }] : [] };
}

const deletion = ({ metadata }: MeshStorPartition): Action => ({
  verb: 'deletePartition',
  name: metadata.name,
  uid: metadata.uid,
});

function validate({ volume }: View): Omit<Decision, 'rule'> | undefined {
  const { name } = volume.metadata;
  const refuse = (message: string) => ({ actions: [], refusal: { reason: 'InvalidSpec' as const, message } });
  if (!isVolumeName(name)) {
    return refuse(
      `"${name}" cannot name a volume: at most 52 lower-case letters, digits and dashes, not ending in -m<digits>. Create it under another name.`,
    );
  }
  const problems = specProblems('MeshStorVolume', volume.spec);
  if (problems.length > 0) return refuse(`${problems.join('; ')}. Correct it with kubectl edit msvol ${name}.`);
  if (volume.spec.migratable && volume.spec.volumeMode !== 'Block') {
    return refuse('A migratable volume must have volumeMode Block.');
  }
  return undefined;
}

/** A copy is discarded whole: with one of its drives out, or never asked for, its node does not hold it. */
function discardFailed(view: View): Omit<Decision, 'rule'> | undefined {
  if (wasCreated(view)) return undefined;
  const present = live(view);
  const perNode = drivesPerNode([...present, ...view.promised]);
  const failed = new Set(present.filter(isUnmakeable).map(({ spec }) => spec.nodeName));
  const isBroken = (node: string) => failed.has(node) || perNode.get(node)! < view.layout.drivesPerCopy;
  return doing(present.filter(({ spec }) => isBroken(spec.nodeName)).map(deletion));
}

function drivesPerNode(partitions: readonly MeshStorPartition[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { spec } of partitions) counts.set(spec.nodeName, (counts.get(spec.nodeName) ?? 0) + 1);
  return counts;
}

export function isUnmakeable(partition: MeshStorPartition): boolean {
  const ready = conditionOf(partition, conditionTypes.ready);
  const reasons: readonly string[] = placementFailures;
  return partition.status?.state !== 'Created' && ready?.status === 'False' && reasons.includes(ready.reason);
}

/** All missing copies or none; the first copy's node becomes the first owner in the same step (C6). */
function placeCopies(view: View): Omit<Decision, 'rule'> | undefined {
  const present = [...live(view), ...view.promised].sort((a, b) => a.spec.slot - b.spec.slot);
  const missing = view.layout.expectedMembers - present.length;
  if (wasCreated(view) || (missing <= 0 && view.promised.length === 0)) return undefined;
  const placement = placementFor(view, present);
  if (!placement.ok) {
    return { actions: [], refusal: { reason: 'InsufficientCapacity', message: placement.lacking } };
  }
  const owner = view.volume.status?.owner ?? ownerFor(view, present[0]?.spec.nodeName ?? placement.spots[0]!.nodeName);
  const first = Math.max(-1, ...view.takenSlots) + 1;
  const create = (slot: number, spot: Spot): Action => ({ verb: 'createPartition', slot, spot, owner: owner.nodeName });
  const again = view.promised.map(({ spec }) => create(spec.slot, spec));
  const anew = placement.spots.map((spot, index) => create(first + index, spot));
  const grant: Action[] = view.volume.status?.owner ? [] : [{ verb: 'grant', owner }];
  return { actions: [...again, ...anew, ...grant] };
}

/** Whole copies are placed; nodes that have one already take no other. */
function placementFor({ volume, layout, candidates }: View, present: readonly MeshStorPartition[]): Placement {
  const { spec } = volume;
  const perNode = drivesPerNode(present);
  const zones = (spec.topology?.requisite ?? [])
    .map((term) => term[topologyKeys.zone])
    .filter((zone) => zone !== undefined);
  return place(
    {
      copies: layout.copies - perNode.size,
      drivesPerCopy: layout.drivesPerCopy,
      partitionBytes: layout.partitionBytes,
      sectorSize: spec.sectorSize ?? sectorSizeOf(present, candidates),
      zones: [...new Set(zones)],
      chosen: (spec.placement ?? []).filter(({ nodeName }) => !perNode.has(nodeName)),
      preferredNode: spec.nodeName ?? spec.topology?.preferred?.[0]?.[topologyKeys.node],
    },
    candidates.map((candidate) =>
      perNode.has(candidate.nodeName) ? { ...candidate, excluded: 'has a copy of this volume already' } : candidate,
    ),
  );
}

function sectorSizeOf(present: readonly MeshStorPartition[], candidates: View['candidates']): number | undefined {
  const deviceID = present[0]?.spec.deviceID;
  return candidates.find((candidate) => candidate.deviceID === deviceID)?.sectorSize;
}

function ownerFor({ volume, unfit }: View, firstCopyNode: string): Omit<Owner, 'since' | 'formerNodeName'> {
  const { nodeName } = volume.spec;
  return nodeName && unfit === undefined
    ? { nodeName, epoch: 1, purpose: 'Attach' }
    : { nodeName: firstCopyNode, epoch: 1, purpose: 'Initialize' };
}

function firstOwner(view: View): Omit<Decision, 'rule'> | undefined {
  const first = live(view)[0];
  if (view.volume.status?.owner || !first) return undefined;
  return { actions: [{ verb: 'grant', owner: ownerFor(view, first.spec.nodeName) }] };
}

function attach({ volume }: View): Omit<Decision, 'rule'> | undefined {
  const owner = volume.status?.owner;
  if (!owner || volume.spec.nodeName !== owner.nodeName) return undefined;
  if (owner.purpose === 'Attach' && volume.status?.nodeName === owner.nodeName) return undefined;
  return { actions: [{ verb: 'grant', owner: { nodeName: owner.nodeName, epoch: owner.epoch, purpose: 'Attach' } }] };
}

function handOver(view: View): Omit<Decision, 'rule'> | undefined {
  const owner = view.volume.status?.owner;
  const { nodeName } = view.volume.spec;
  if (!owner || !nodeName || nodeName === owner.nodeName) return undefined;
  if (view.unfit !== undefined) return { actions: [], unfit: view.unfit };
  if (mayRun(view) && !view.handoverOverdue) return { actions: [], awaitingHandover: true };
  return { actions: [{ verb: 'grant', owner: { nodeName, epoch: owner.epoch + 1, purpose: 'Attach' } }] };
}

function alignPartitions(view: View): Omit<Decision, 'rule'> | undefined {
  const owner = view.volume.status?.owner;
  if (!owner) return undefined;
  const consumer = nodeLabel(owner.nodeName);
  return doing(
    memberPartitions(view.volume, view.partitions)
      .filter((partition) => {
        const { epoch, importers } = partition.spec;
        // A partition ahead of the volume shows that this view of the volume is old.
        if (epoch > owner.epoch) return false;
        const same =
          JSON.stringify(importers ?? []) === JSON.stringify(importersFor(partition.spec.nodeName, owner.nodeName));
        if ((partition.spec.copyPaused ?? false) !== isHeld(view, partition)) return true;
        return epoch < owner.epoch || !same || partition.metadata.labels?.[labels.consumer] !== consumer;
      })
      .map((partition): Action => ({
        verb: 'alignPartition',
        name: partition.metadata.name,
        uid: partition.metadata.uid!,
        resourceVersion: partition.metadata.resourceVersion!,
        epoch: owner.epoch,
        importers: importersFor(partition.spec.nodeName, owner.nodeName),
        consumer,
        copyPaused: isHeld(view, partition),
      })),
  );
}

function labelVolume({ volume }: View): Omit<Decision, 'rule'> | undefined {
  const owner = volume.status?.owner;
  if (!owner) return undefined;
  const consumer = nodeLabel(owner.nodeName);
  return doing(volume.metadata.labels?.[labels.consumer] === consumer ? [] : [{ verb: 'labelVolume', consumer }]);
}

function move(view: View): Omit<Decision, 'rule'> | undefined {
  const wanted = moveFor(view);
  if (!wanted) return undefined;
  // The same view gives the same name, so that one that does not show the last one yet cannot make a second.
  const prefix = `${view.volume.metadata.name}.`;
  const numbers = view.migrations.map(({ metadata }) => Number(metadata.name.slice(prefix.length)));
  const name = `${prefix}${Math.max(0, ...numbers.filter((number) => number > 0)) + 1}`;
  return { actions: [{ verb: 'createMigration', name, move: wanted }] };
}
