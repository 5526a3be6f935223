import { conditionTypes } from '../../api/conditions';
import type { Condition } from '../../api/meta';
import type { MeshStorMigration, MigrationMove } from '../../api/model';
import { observed } from '../../runtime/conditions';
import type { Decision } from './decide';
import { lowestInSync, stepsOf } from './plan';
import { isFinished, isRecorded, named, type View } from './view';

type Status = NonNullable<MeshStorMigration['status']>;

/** The status as this view and decision show it. Pure; `now` is a metav1.Time. */
export function statusOf(view: View, decision: Decision, now: string): Status {
  const { migration } = view;
  const before = migration.status ?? {};
  const moves = decision.moves ?? before.moves ?? [];
  const { phase } = decision;
  const started = before.startedAt ?? (moves.length > 0 && phase !== 'Pending' ? now : undefined);
  const syncing = phase === 'Running' ? (before.syncStartedAt ?? now) : before.syncStartedAt;
  const done = ['Completed', 'Cancelled', 'Failed', 'NotSupported'].includes(phase)
    ? (before.completedAt ?? now)
    : undefined;
  return {
    ...(migration.metadata.generation !== undefined && { observedGeneration: migration.metadata.generation }),
    phase,
    ...(moves.length > 0 && { moves: [...moves], ...endsOf(view, before, moves), ...planFor(view, before, decision) }),
    ...(moves.length > 0 && progressOf(view, moves, phase, syncing, now)),
    ...(started && { startedAt: started }),
    ...(syncing && { syncStartedAt: syncing }),
    ...(done && { completedAt: done }),
    conditions: [condition(migration, decision, now)],
  };
}

/** From where to where, for a column; the partitions may be gone later. */
function endsOf(view: View, { from, to }: Status, moves: readonly MigrationMove[]): Pick<Status, 'from' | 'to'> {
  const sources = moves.flatMap(({ source }) => named(view, source) ?? []);
  const leaves = from ?? list(sources.map(({ spec }) => `${spec.nodeName}/${spec.device}`));
  const joins = list(moves.flatMap(({ target, nodeName, device }) => (target ? `${nodeName}/${device}` : [])));
  return { ...(leaves && { from: leaves }), ...((joins || to) && { to: joins ?? to! }) };
}

const list = (words: readonly string[]): string | undefined => (words.length > 0 ? words.join(', ') : undefined);

function planFor(
  view: View,
  { plan, lowestInSync: lowest }: Status,
  { moves }: Decision,
): Pick<Status, 'plan' | 'lowestInSync'> {
  if (!moves) return { ...(plan && { plan }), ...(lowest !== undefined && { lowestInSync: lowest }) };
  return { plan: stepsOf(view, moves), lowestInSync: lowestInSync(view, moves) };
}

type Progress = Pick<Status, 'progress' | 'bytesTotal' | 'bytesDone' | 'bytesPerSecond' | 'etaSeconds'>;

/** Counted in whole members, and of the one in hand what md says. */
function progressOf(
  view: View,
  moves: readonly MigrationMove[],
  phase: Decision['phase'],
  since: string | undefined,
  now: string,
): Progress {
  const targets = moves.filter(({ target }) => target);
  const each = view.layout?.partitionBytes ?? 0;
  const bytesTotal = targets.length * each;
  if (bytesTotal === 0) return {};
  if (phase !== 'Running' && phase !== 'Completed') return { bytesTotal };
  const whole = targets.filter(({ target }) => {
    const partition = named(view, target);
    return partition !== undefined && isRecorded(view, partition);
  }).length;
  const percent = view.volume?.status?.syncPercentage;
  const part = whole < targets.length && percent ? Number.parseFloat(percent) / 100 : 0;
  const bytesDone = Math.min(bytesTotal, Math.round((whole + part) * each));
  const seconds = since ? (Date.parse(now) - Date.parse(since)) / 1000 : 0;
  const bytesPerSecond = seconds > 0 ? Math.round(bytesDone / seconds) : undefined;
  const left = bytesTotal - bytesDone;
  return {
    ...(left > 0 && { progress: `${((bytesDone / bytesTotal) * 100).toFixed(1)}%` }),
    bytesTotal,
    bytesDone,
    ...(bytesPerSecond && { bytesPerSecond }),
    ...(bytesPerSecond && left > 0 && { etaSeconds: Math.round(left / bytesPerSecond) }),
  };
}

/** Accepted: False while it waits or is refused, with what it waits for. */
function condition(migration: MeshStorMigration, { phase, reason, message }: Decision, now: string): Condition {
  const type = conditionTypes.accepted;
  const status = ['Pending', 'Failed', 'Paused', 'NotSupported'].includes(phase) ? 'False' : 'True';
  return observed(type, { status, reason, message }, migration.status?.conditions, now);
}

/** How long a finished migration stays to be looked at. */
export const retentionMs = 3_600_000;

/** Milliseconds until it is to be deleted; undefined: it is not finished. */
export function restMs(migration: MeshStorMigration, now: number): number | undefined {
  if (!isFinished(migration)) return undefined;
  const done = Date.parse(migration.status?.completedAt ?? migration.metadata.creationTimestamp ?? '');
  return Number.isNaN(done) ? retentionMs : Math.max(0, done + retentionMs - now);
}

/** The decided moves, for whoever looks for their partitions. */
export const plannedSlots = (migration: MeshStorMigration): number[] =>
  isFinished(migration) ? [] : (migration.status?.moves ?? []).flatMap(({ slot }) => slot ?? []);
