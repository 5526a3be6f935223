import { conditionTypes } from '../../../api/conditions';
import type { MeshStorMigration, MeshStorPartition, VolumePhase } from '../../../api/model';
import { conditionOf } from '../../../api/volume';
import { manyNodesSilent } from '../../liveness';
import { isFinished, isStarted } from '../../migration/view';
import type { Verdict } from '../../../runtime/conditions';
import { canBeCopied, declined, declinedWish, isOverdue, replacement } from './moves';
import { live, type View } from './view';

/**
 * The volume's phase while members move: Syncing while one is made in a free place, Replacing while
 * one takes another's place, and until that one is gone.
 */
export function phaseOfMove(view: View): VolumePhase | undefined {
  const migration = view.migrations.find(isStarted);
  if (!migration) return undefined;
  return movesOf(migration).some((move) => isTakingOver(view, move)) ? 'Replacing' : 'Syncing';
}

type Moves = NonNullable<NonNullable<MeshStorMigration['status']>['moves']>;
const movesOf = ({ status }: MeshStorMigration): Moves => status?.moves ?? [];

function isTakingOver(view: View, { source, target }: Moves[number]): boolean {
  const [old, fresh] = [source, target].map((name) => view.partitions.find(({ metadata }) => metadata.name === name));
  if (!old) return false;
  if (old.metadata.deletionTimestamp !== undefined) return true;
  return fresh !== undefined && (isRecorded(view, fresh) || isBeingReplaced(view, old));
}

/** Whether md copies the member onto its successor, in its place. */
export function isBeingReplaced(view: View, partition: MeshStorPartition): boolean {
  // With one copy there is a free place; nobody's is taken.
  if (view.layout.copies < 2 || !isRecorded(view, partition)) return false;
  const { partitionUUID } = partition.spec;
  const successor = live(view).find(({ spec }) => spec.replaces === partitionUUID);
  const member = view.volume.status?.array?.members?.find((one) => one.partitionUUID === successor?.spec.partitionUUID);
  return member?.state === 'Recovering';
}

const isRecorded = ({ volume }: View, { spec }: MeshStorPartition): boolean =>
  volume.status?.inSync?.some(({ partitionUUID }) => partitionUUID === spec.partitionUUID) ?? false;

/** Why a member whose time is over is not being replaced; undefined: none, or it is. */
export function replacementBlocked(view: View): Verdict | undefined {
  const overdue = view.absences.filter(({ dueMs }) => dueMs === 0);
  const held = overdue.find((absence) => !isOverdue(absence));
  const yes = (reason: string, message: string): Verdict => ({ status: 'True', reason, message });
  if (held?.storm) {
    return yes('ManyNodesSilent', manyNodesSilent);
  }
  if (held) {
    const message = `${held.nodeName} is in maintenance (spec.maintenanceUntil of its drives); its copy is not replaced before that time.`;
    return yes('Maintenance', message);
  }
  if (overdue.length > 0 && !canBeCopied(view)) {
    const names = overdue.map(({ name, nodeName }) => `${name} on ${nodeName}`).join(', ');
    return yes('NoSource', `No other copy holds all data, so that none can be made: bring back ${names}.`);
  }
  const waiting = view.migrations.find(
    (migration) => migration.spec.reason === 'MemberMissing' && !isFinished(migration) && !isStarted(migration),
  );
  const accepted = waiting && conditionOf(waiting, conditionTypes.accepted);
  if (accepted?.status === 'False') return yes(accepted.reason, accepted.message);
  return overdue.length > 0 ? behindAnother(view) : undefined;
}

/** Somebody paused what the volume does now, or cancelled the replacement itself. */
function behindAnother(view: View): Verdict | undefined {
  const yes = (reason: string, message: string): Verdict => ({ status: 'True', reason, message });
  const paused = view.migrations.find((migration) => isStarted(migration) && migration.spec.paused);
  if (paused) {
    const { name } = paused.metadata;
    return yes('Paused', `MeshStorMigration ${name} of this volume is paused; resume or cancel it first.`);
  }
  const missing = replacement(view);
  const former = missing && declined(view, missing);
  return former && yes('Cancelled', `The replacement was cancelled. ${again(former)}`);
}

/** What a person does to have a move tried again that ended undone. */
const again = ({ metadata }: MeshStorMigration): string =>
  `Delete MeshStorMigration ${metadata.name} to have it tried again; that happens by itself an hour after its end.`;

const sentence = (text: string | undefined): string | undefined => (text && !text.endsWith('.') ? `${text}.` : text);

/** A wish of the spec that cannot be, or that somebody cancelled. */
export function refusedWish(view: View): Verdict | undefined {
  const former = declinedWish(view);
  if (!former) return undefined;
  const why = conditionOf(former, conditionTypes.accepted);
  const reason = former.status?.phase === 'Cancelled' ? 'Cancelled' : (why?.reason ?? 'Failed');
  return { status: 'False', reason, message: [sentence(why?.message), again(former)].filter(Boolean).join(' ') };
}
