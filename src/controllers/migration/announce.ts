import type { EventSink } from '../event-sink';
import type { Decision } from './decide';
import { live, movesOf, type View } from './view';

/** An event for each change that somebody may want to know of: on the migration, and on the volume. */
export function announce(events: EventSink, view: View, { phase, reason, message, moves }: Decision): void {
  const { migration, volume } = view;
  const bad = phase === 'Failed' || phase === 'NotSupported' || reason === 'NoCandidate';
  events.record(migration, bad ? 'Warning' : 'Normal', reason, message);
  if (!volume) return;
  if (bad) events.record(volume, 'Warning', `Migration${reason}`, `${migration.metadata.name}: ${message}`);
  const scaling = migration.spec.reason === 'Scaling';
  if (scaling && moves && moves.some(({ source, target }) => source && !target)) {
    const [from, to] = [copies(view), view.layout!.copies];
    const note = `Scaling down volume replicas from ${from} to ${to} is in progress`;
    events.record(volume, 'Warning', scalingReason, note);
  }
  if (scaling && phase === 'Completed' && movesOf(view).length > 0) {
    events.record(volume, 'Normal', scalingReason, `successfully scaled volume replicas to ${copies(view)}`);
  }
}

const scalingReason = 'ScalingVolumeReplicas';

const copies = (view: View): number => new Set(live(view).map(({ spec }) => spec.nodeName)).size;
