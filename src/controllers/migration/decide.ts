import { conditionTypes, placementFailures } from '../../api/conditions';
import type { MeshStorMigration, MeshStorPartition, MigrationMove } from '../../api/model';
import { conditionOf } from '../../api/volume';
import { manyNodesSilent } from '../liveness';
import { planOf, type PlanFailure } from './plan';
import { queuedBehind } from './queue';
import {
  isFinished,
  isInArray,
  isLeaving,
  isRecorded,
  isAway,
  isRunning,
  isStarted,
  live,
  movesOf,
  named,
  type View,
} from './view';

export type Phase = NonNullable<NonNullable<MeshStorMigration['status']>['phase']>;

/** What a migration can do; act.ts has one entry per verb. */
export type Verbs = {
  createTarget: { readonly move: MigrationMove };
  deletePartition: { readonly name: string; readonly uid: string };
};
export type Action = { [V in keyof Verbs]: { readonly verb: V } & Readonly<Verbs[V]> }[keyof Verbs];

export interface Decision {
  readonly rule: string;
  readonly actions: readonly Action[];
  readonly phase: Phase;
  /** Of the condition Accepted (False: it is not going to be, or not yet), and for people. */
  readonly reason: string;
  readonly message: string;
  /** What is moved where, decided now; it is on record before anything is made. None: what was decided is given up. */
  readonly moves?: readonly MigrationMove[];
}

type Rule = (view: View) => Omit<Decision, 'rule'> | undefined;

const say = (phase: Phase, reason: string, message: string, ...actions: Action[]): Omit<Decision, 'rule'> => ({
  phase,
  reason,
  message,
  actions,
});

// docs/design/migration.md, "Type Member".
const rules: readonly (readonly [string, Rule])[] = [
  ['M1', finished],
  ['M2', impossible],
  ['M3', cancelled],
  ['M4', waiting],
  ['M5', sourceReturned],
  ['M6', targetLost],
  ['M7', held],
  ['M8', makeTargets],
  ['M9', synchronise],
  ['M10', release],
];

/** The next steps of one migration of type Member. Pure; the first rule with work wins. */
export function decide(view: View): Decision {
  for (const [rule, of] of rules) {
    const decision = of(view);
    if (decision) return { rule, ...decision };
  }
  return { rule: 'M11', ...say('Completed', 'Completed', doneWords(view)) };
}

function finished({ migration }: View): Omit<Decision, 'rule'> | undefined {
  if (!isFinished(migration)) return undefined;
  const before = conditionOf(migration, conditionTypes.accepted);
  return say(migration.status!.phase!, before?.reason ?? 'Completed', before?.message ?? '');
}

function impossible({ migration, volume }: View): Omit<Decision, 'rule'> | undefined {
  const { volumeName } = migration.spec;
  if (!volume) return say('Failed', 'VolumeNotFound', `There is no MeshStorVolume ${volumeName}.`);
  if (volume.metadata.deletionTimestamp === undefined) return undefined;
  return say('Cancelled', 'VolumeDeleted', `${volumeName} is being deleted; its partitions go with it.`);
}

/** Until the sources are being given up, everything can be taken back. */
function cancelled(view: View): Omit<Decision, 'rule'> | undefined {
  if (!view.migration.spec.cancelled || isReleasing(view)) return undefined;
  return takeBack(view, 'Cancelled', 'Cancelled', 'Cancelled as asked for.');
}

/** The targets leave the array and are erased; the migration ends when none of them is the volume's any more. */
function takeBack(view: View, phase: Phase, reason: string, message: string): Omit<Decision, 'rule'> {
  const targets = movesOf(view).flatMap(({ target }) => named(view, target) ?? []);
  const present = targets.filter((target) => !isLeaving(target) && !isWanted(view, target));
  if (present.length > 0) return say('Running', reason, message, ...present.map(deletion));
  if (targets.some((target) => isLeaving(target) && isRecorded(view, target))) return say('Running', reason, message);
  return say(phase, reason, message);
}

/** It holds every write, and without it the volume would have fewer members than it is to have by now. */
const isWanted = (view: View, target: MeshStorPartition): boolean =>
  isRecorded(view, target) &&
  live(view).filter((other) => other !== target && isRecorded(view, other)).length < view.layout!.expectedMembers;

const deletion = ({ metadata }: MeshStorPartition): Action => ({
  verb: 'deletePartition',
  name: metadata.name,
  uid: metadata.uid!,
});

/** Nothing is decided yet: it is refused, waits, or is planned now. */
function waiting(view: View): Omit<Decision, 'rule'> | undefined {
  const { migration } = view;
  if (isStarted(migration)) return undefined;
  const plan = planOf(view);
  if (!plan.ok) return refused(migration, plan);
  if (migration.spec.dryRun) {
    return { ...say('Completed', 'DryRun', 'This is the plan; nothing was changed.'), moves: plan.moves };
  }
  if (migration.spec.paused) return say('Paused', 'Paused', 'Waits until spec.paused is false.');
  const obstacle = obstacleTo(view, plan.moves);
  if (obstacle) return say('Pending', ...obstacle);
  return { ...say('Preparing', 'Planned', 'Decided what to move where.'), moves: plan.moves };
}

const passing: readonly PlanFailure[] = ['NoCandidate'];

/** What a person asked for is refused at once; what MeshStor needs is tried again. */
function refused(
  { spec }: MeshStorMigration,
  { reason, message }: { readonly reason: PlanFailure; readonly message: string },
): Omit<Decision, 'rule'> {
  if (spec.dryRun || spec.reason === 'User' || !passing.includes(reason)) return say('Failed', reason, message);
  return say('Pending', reason, message);
}

function obstacleTo(view: View, moves: readonly MigrationMove[]): [reason: string, message: string] | undefined {
  const { volume, migration, layout } = view;
  if (view.storm && migration.spec.reason === 'MemberMissing') return ['ManyNodesSilent', manyNodesSilent];
  if (!isRunning(view)) {
    return [
      'WaitingForArray',
      `The array of ${volume!.metadata.name} does not run; it starts when the volume is attached.`,
    ];
  }
  const inSync = live(view).filter((partition) => isRecorded(view, partition)).length;
  const repairs: readonly string[] = ['MemberMissing', 'Scaling'];
  if (!repairs.includes(migration.spec.reason) && inSync < layout!.expectedMembers) {
    return ['WaitingForSync', `Only ${inSync} of ${layout!.expectedMembers} members are in sync; they come first.`];
  }
  const others = queuedBehind(view.queue, volume!.status!.owner!.nodeName, moves);
  return others === undefined ? undefined : ['Queued', others];
}

/** The member that was to be replaced is back before its successor has had a byte: then there is nothing to do. */
function sourceReturned(view: View): Omit<Decision, 'rule'> | undefined {
  const { migration } = view;
  if (migration.spec.reason !== 'MemberMissing') return undefined;
  const moves = movesOf(view);
  const sources = moves.map(({ source }) => named(view, source));
  // The record alone does not say so: it stands as it was when its owner died.
  const isBack = (source: MeshStorPartition) => isRecorded(view, source) && !isAway(view, source);
  const back = sources.every((source) => source && !isLeaving(source) && isBack(source));
  const begun = moves.some(({ target }) => {
    const partition = named(view, target);
    return partition && (isInArray(view, partition) || isRecorded(view, partition));
  });
  if (!back || begun) return undefined;
  return takeBack(view, 'Cancelled', 'SourceReturned', 'The missing member came back before it was replaced.');
}

/** A target that cannot be made, or whose node died before it held anything, is given up for another. */
function targetLost(view: View): Omit<Decision, 'rule'> | undefined {
  const targets = movesOf(view).flatMap(({ target }) => named(view, target) ?? []);
  const lost = targets.filter((target) => !isRecorded(view, target) && lossOf(view, target) !== undefined);
  if (lost.length === 0) return undefined;
  const words = lost.map((target) => `${target.metadata.name} on ${target.spec.nodeName}: ${lossOf(view, target)}`);
  const message = words.join('; ');
  const { reason, target } = view.migration.spec;
  const isWish = reason === 'User' || target?.nodeName !== undefined;
  const back = takeBack(view, isWish ? 'Failed' : 'Pending', 'TargetLost', message);
  return back.actions.length === 0 && !isWish ? { ...back, moves: [] } : back;
}

function lossOf(view: View, target: MeshStorPartition): string | undefined {
  if (isLeaving(target)) return 'it is being deleted';
  // When many are silent at once they are likely to be back together.
  if (view.deadNodes.has(target.spec.nodeName)) return view.storm ? undefined : 'its node is not heard of';
  const ready = conditionOf(target, conditionTypes.ready);
  const unmakeable: readonly string[] = placementFailures;
  const hopeless = ready?.status === 'False' && unmakeable.includes(ready.reason) && target.status?.state !== 'Created';
  return hopeless ? ready.message : undefined;
}

/** Nothing is made and nothing given up; what md copies meanwhile, the volume holds back (C9, N17). */
function held(view: View): Omit<Decision, 'rule'> | undefined {
  if (!view.migration.spec.paused || isReleasing(view)) return undefined;
  return say('Paused', 'Paused', 'Goes on where it is when spec.paused is false.');
}

/** One that was asked for, and may never have been made, is asked for again. */
function makeTargets(view: View): Omit<Decision, 'rule'> | undefined {
  const isMade = (target: string) => named(view, target)?.metadata.uid !== undefined;
  const missing = movesOf(view).filter(({ target, source }) => target && !isMade(target) && !isGone(view, source));
  if (missing.length === 0) return undefined;
  const actions = missing.map((move): Action => ({ verb: 'createTarget', move }));
  return say('Preparing', 'Planned', 'The new partitions are being made.', ...actions);
}

/** All members that the volume will have are in sync and recorded before anything is taken away. */
function synchronise(view: View): Omit<Decision, 'rule'> | undefined {
  const moves = movesOf(view);
  const targets = moves.flatMap(({ target }) => named(view, target) ?? []);
  const pending = targets.filter((target) => !isRecorded(view, target));
  if (pending.length > 0) {
    const begun = pending.some((target) => isInArray(view, target));
    const names = pending.map(({ metadata, spec }) => `${metadata.name} on ${spec.nodeName}`).join(', ');
    if (begun) return say('Running', 'Synchronising', `${names} is being synchronised.`);
    const why = pending.flatMap((target) => conditionOf(target, conditionTypes.ready)?.message ?? []).join(' ');
    return say('Preparing', 'WaitingForTarget', `Waiting for ${names} to join the array. ${why}`.trim());
  }
  return undefined;
}

/** The sources go when as many others hold every write as the volume is to have. */
function release(view: View): Omit<Decision, 'rule'> | undefined {
  const sources = movesOf(view).flatMap(({ source }) => named(view, source) ?? []);
  const held = sources.filter((source) => isRecorded(view, source));
  const going = new Set(sources);
  const staying = live(view).filter((partition) => isThere(view, partition) && !going.has(partition)).length;
  const expected = view.layout!.expectedMembers;
  if (isRaised(view, staying)) return undefined;
  const waits = `Waiting until ${expected} members besides it are in sync; ${staying} are.`;
  if (held.some((source) => !isLeaving(source)) && staying < expected) return say('Running', 'WaitingForSync', waits);
  const present = sources.filter((source) => !isLeaving(source));
  const words = 'The former members are being taken out.';
  // On record before the first one goes: from then on the move can neither be cancelled nor paused.
  if (present.length > 0 && !isReleasing(view)) return say('Running', releasing, words);
  if (present.length > 0) return say('Running', releasing, words, ...present.map(deletion));
  return held.length > 0 ? say('Running', releasing, staying < expected ? waits : words) : undefined;
}

/**
 * The volume is to have more members than when the move was decided, and has as many besides the sources as it had to
 * have then: what was to go is one of them now.
 */
function isRaised(view: View, staying: number): boolean {
  const decided = view.migration.status?.lowestInSync ?? Infinity;
  return (
    !isReleasing(view) &&
    staying < view.layout!.expectedMembers &&
    decided < view.layout!.expectedMembers &&
    staying >= decided
  );
}

/** The reason of the condition Accepted from when on the sources are being given up. */
const releasing = 'Removing';
const isReleasing = (view: View): boolean =>
  conditionOf(view.migration, conditionTypes.accepted)?.reason === releasing ||
  movesOf(view).some((move) => isGivenUp(view, move.source) || hasTakenOver(view, move));
/** The target holds every write and the source does not: what would be taken back is the copy that counts. */
function hasTakenOver(view: View, { source, target }: MigrationMove): boolean {
  const [old, fresh] = [named(view, source), named(view, target)];
  return old !== undefined && fresh !== undefined && isRecorded(view, fresh) && !isRecorded(view, old);
}
/** Whether it holds every write, and nobody misses it. */
const isThere = (view: View, partition: MeshStorPartition): boolean =>
  isRecorded(view, partition) && !isAway(view, partition) && !view.deadNodes.has(partition.spec.nodeName);

const isGone = (view: View, name: string | undefined): boolean => name !== undefined && !named(view, name);
function isGivenUp(view: View, name: string | undefined): boolean {
  const partition = named(view, name);
  return name !== undefined && (!partition || isLeaving(partition));
}

function doneWords(view: View): string {
  const left = movesOf(view).flatMap(({ source }) => named(view, source) ?? []);
  if (left.length === 0) return 'Done.';
  const kept = left.filter((partition) => isRecorded(view, partition) && !isLeaving(partition));
  if (kept.length > 0) {
    const names = kept.map(({ metadata, spec }) => `${metadata.name} on ${spec.nodeName}`).join(', ');
    return `Done; ${names} stays, as the volume is to have more copies by now.`;
  }
  const names = left.map(({ metadata, spec }) => `${metadata.name} on ${spec.nodeName}`).join(', ');
  return `Done; ${names} is erased as soon as its node can.`;
}
