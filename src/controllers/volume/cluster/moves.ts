import type { MeshStorMigration, MeshStorPartition } from '../../../api/model';
import { coversAll } from '../../../api/layout';
import { sameJSON } from '../../../runtime/same-json';
import { isFinished, isStarted } from '../../migration/view';
import { following } from './local-copy';
import { copiesOf, live, wasCreated, type Absence, type View } from './view';

/** A migration of type Member that the volume needs. */
export interface Move {
  readonly reason: MeshStorMigration['spec']['reason'];
  readonly source?: { readonly nodeName: string; readonly device?: string };
  readonly target?: { readonly nodeName: string; readonly device?: string };
}

/**
 * C11: the one move that the volume needs most, if any; undefined while another one is not finished. In this order:
 * a member that was away too long is replaced; the number of copies is made what it is to be; a drive that people
 * want emptied, or a partition that they want moved, is left; copies go where people want them; a copy follows the consumer.
 */
export function moveFor(view: View): Move | undefined {
  const { volume, migrations } = view;
  const owner = volume.status?.owner;
  if (!wasCreated(view) || !owner || volume.metadata.deletionTimestamp !== undefined) return undefined;
  const pending = migrations.filter((migration) => !isFinished(migration) && !migration.spec.dryRun);
  if (pending.some(isStarted)) return undefined;
  // A wish waits until the volume is whole, and must not keep it from becoming that.
  const missing = replacement(view);
  if (missing) {
    const asked = pending.some(({ spec }) => spec.reason === 'MemberMissing') || declined(view, missing);
    return asked ? undefined : missing;
  }
  // What was asked for and cannot be seen yet is there, or about to be: copies cannot be counted before.
  if (pending.length > 0 || view.promised.length > 0) return undefined;
  return wishes.map((wish) => wish(view)).find((move) => move && !declined(view, move));
}

const wishes: readonly ((view: View) => Move | undefined)[] = [scaling, evacuation, placement, following];

/**
 * The same move ended undone: it could not be, or somebody cancelled it. It would end so again, so that it is not asked
 * for as long as the object of the former one is there (an hour, unless somebody deletes it).
 */
export function declined(view: View, { reason, source, target }: Move): MeshStorMigration | undefined {
  return view.migrations
    .filter((migration) => isOwn(view, migration) && endedUndone(migration))
    .find(({ spec }) => {
      return spec.reason === reason && sameJSON(spec.source, source) && sameJSON(spec.target, target);
    });
}

/** What a person tried, in an object of their own or dry, says nothing about what the volume is to have. */
const isOwn = ({ volume }: View, { metadata, spec }: MeshStorMigration): boolean =>
  metadata.name.startsWith(`${volume.metadata.name}.`) && !spec.dryRun;

const endedUndone = ({ spec, status }: MeshStorMigration): boolean =>
  status?.phase === 'Failed' || (status?.phase === 'Cancelled' && spec.cancelled);

/** The first wish of the spec that was declined. */
export function declinedWish(view: View): MeshStorMigration | undefined {
  if (!view.migrations.some(endedUndone)) return undefined;
  const moves = wishes.map((wish) => wish(view)).filter((move) => move !== undefined);
  return moves.map((move) => declined(view, move)).find((migration) => migration !== undefined);
}

/** Whether its member is to be replaced now. */
export const isOverdue = ({ dueMs, heldMs, storm }: Absence): boolean => dueMs === 0 && heldMs === 0 && !storm;

export function replacement(view: View): Move | undefined {
  const members = live(view);
  const absence = view.absences.find(({ name }) => members.some(({ metadata }) => metadata.name === name));
  if (!absence || !isOverdue(absence) || !canBeCopied(view)) return undefined;
  const lost = members.find(({ metadata }) => metadata.name === absence.name)!;
  // A silent node's copy is replaced as a whole; of one that answers, only what is lost.
  const whole = view.deadNodes.has(lost.spec.nodeName);
  return { reason: 'MemberMissing', source: sourceOf(lost, whole) };
}

/** Whether those that are there hold all data between them: else there is nothing to make another copy from. */
export function canBeCopied({ volume, partitions, absences, layout }: View): boolean {
  const away = new Set(
    partitions
      .filter(({ metadata }) => absences.some(({ name }) => name === metadata.name))
      .map(({ spec }) => spec.partitionUUID),
  );
  const there = (volume.status?.inSync ?? []).filter(({ partitionUUID }) => !away.has(partitionUUID));
  return coversAll(
    layout,
    there.map(({ role }) => role),
  );
}

const sourceOf = ({ spec }: MeshStorPartition, whole: boolean): NonNullable<Move['source']> =>
  whole ? { nodeName: spec.nodeName } : { nodeName: spec.nodeName, device: spec.device };

function scaling(view: View): Move | undefined {
  const { layout, volume } = view;
  // md's near layout cannot change its number of copies.
  if (layout.level !== 'raid1') return undefined;
  const copies = copiesOf(view);
  if (copies.length < layout.copies) {
    const target = (volume.spec.placement ?? []).find(({ nodeName }) => !copies.includes(nodeName));
    return { reason: 'Scaling', ...(target && { target }) };
  }
  if (copies.length === layout.copies) return undefined;
  return { reason: 'Scaling', source: { nodeName: leastNeeded(view)! } };
}

/** The copy that is missed least: a lost one, then one nobody chose, not the consumer's, the youngest. */
function leastNeeded(view: View): string | undefined {
  const { volume, deadNodes } = view;
  const chosen = new Set((volume.spec.placement ?? []).map(({ nodeName }) => nodeName));
  const inSync = new Set((volume.status?.inSync ?? []).map(({ partitionUUID }) => partitionUUID));
  const holds = (node: string) =>
    live(view).some(({ spec }) => spec.nodeName === node && inSync.has(spec.partitionUUID));
  const worth = (node: string) =>
    Number(!deadNodes.has(node) && holds(node)) * 4 +
    Number(chosen.has(node)) * 2 +
    Number(volume.status?.owner?.nodeName === node);
  return [...copiesOf(view)].reverse().sort((a, b) => worth(a) - worth(b))[0];
}

function evacuation({ evacuated, ...view }: View): Move | undefined {
  const found = live({ evacuated, ...view }).find(
    ({ spec }) => spec.evictRequested === true || evacuated.has(spec.deviceID),
  );
  return found && { reason: 'Evacuation', source: sourceOf(found, view.layout.drivesPerCopy === 1) };
}

/** Copies that people chose nodes for, one after the other. */
function placement(view: View): Move | undefined {
  const chosen = view.volume.spec.placement ?? [];
  const members = live(view);
  const isAt = ({ nodeName, device }: { nodeName: string; device?: string }) =>
    members.some(({ spec }) => spec.nodeName === nodeName && (!device || spec.device === device));
  const target = chosen.find((choice) => !isAt(choice));
  if (!target) return undefined;
  const there = members.find(({ spec }) => spec.nodeName === target.nodeName);
  const rest = copiesOf(view).filter((node) => !chosen.some(({ nodeName }) => nodeName === node));
  const source = there ? there.spec.nodeName : (rest.find((node) => view.deadNodes.has(node)) ?? rest.at(-1));
  return source === undefined ? undefined : { reason: 'User', source: { nodeName: source }, target };
}

/** Whether somebody paused the move that makes this partition, before it held every write. */
export const isHeld = ({ migrations, volume }: View, { metadata, spec }: MeshStorPartition): boolean =>
  migrations.some(
    (one) => one.spec.paused && isStarted(one) && one.status!.moves!.some(({ target }) => target === metadata.name),
  ) && !volume.status?.inSync?.some(({ partitionUUID }) => partitionUUID === spec.partitionUUID);
