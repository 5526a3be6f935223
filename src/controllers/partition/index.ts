import { conditionTypes } from '../../api/conditions';
import type { MeshStorPartition, MeshStorPartitionStatus } from '../../api/model';
import { partitions } from '../../api/resources';
import { conditionOf } from '../../api/volume';
import { isHostError } from '../../host/errors';
import { timestamp, type Clock } from '../../runtime/clock';
import type { Lister } from '../../runtime/lister';
import { settled, wait, type Outcome, type Pass, type Reconciler } from '../../runtime/reconciler';
import { sameJSON } from '../../runtime/same-json';
import type { EventSink } from '../event-sink';
import { act, fieldManager, type Hands } from './act';
import { decide, type Action, type Obstacle, type View } from './decide';
import { nothingDone, observe, type Eyes } from './observe';
import { statusOf, type Facts } from './report';

export interface PartitionDeps extends Eyes {
  readonly partitions: Lister<MeshStorPartition>;
  readonly clock: Clock;
  readonly events: EventSink;
}

/** Rounds of one pass: create, two exports to end, one to make, wipe, delete. More is a decision that loops. */
const maxRounds = 12;
/** How soon an obstacle is looked at again that no event announces the end of. */
const obstacleRetryMs = 10_000;
/** Pause between two stretches: other partitions have their turn, and the watch brings the progress. */
const wipePauseMs = 20;

/** Reconciles this node's partitions (docs/design/partition.md). Keys are names. */
export class PartitionReconciler implements Reconciler {
  readonly name = 'partition';

  constructor(private readonly deps: PartitionDeps) {}

  async reconcile(key: string, pass: Pass): Promise<Outcome> {
    const partition = this.deps.partitions.get(key);
    if (!partition || partition.spec.nodeName !== this.deps.nodeName) return settled;
    let view = await observe(this.deps, partition, nothingDone);
    for (let round = 0; round < maxRounds; round++) {
      const decision = decide(view);
      if (decision.actions.length === 0) {
        await this.#report(view, decision);
        return decision.obstacle ? wait(obstacleRetryMs, decision.obstacle.reason) : settled;
      }
      pass.log.info('act', { rule: decision.rule, partition: key, verbs: decision.actions.map(({ verb }) => verb) });
      const next = await this.#carryOut(view, decision.actions);
      if (!next) return settled;
      if (decision.actions.some(({ verb }) => verb === 'wipe') && !next.wiped) {
        return wait(wipePauseMs, 'the rest to be erased');
      }
      view = next;
    }
    throw new Error(`partition ${key} did not settle in ${maxRounds} steps`);
  }

  /** The view afterwards; undefined when the object is on its way out for good. A failure is reported first. */
  async #carryOut(view: View, actions: readonly Action[]): Promise<View | undefined> {
    const report: Hands['report'] = (partition, facts) => this.#report({ ...view, partition }, facts);
    let after = view;
    try {
      for (const action of actions) after = { ...after, ...(await act({ ...this.deps, view, report }, action)) };
    } catch (error) {
      if (isHostError(error)) await this.#report(view, { settled: false, obstacle: obstacleOf(error, actions) });
      throw error;
    }
    if (actions.some(({ verb }) => verb === 'dropFinalizer')) return undefined;
    return observe(this.deps, after.partition, after);
  }

  /** Writes the status if it differs; the partition as it is afterwards. */
  async #report(view: View, facts: Facts): Promise<MeshStorPartition> {
    const { partition } = view;
    const status = statusOf(view, facts, timestamp(this.deps.clock));
    if (sameJSON(partition.status, status)) return partition;
    this.#announce(partition, status);
    const body = { metadata: { name: partition.metadata.name, uid: partition.metadata.uid! }, status };
    return this.deps.kube.apply(partitions, body, { fieldManager, force: true, subresource: 'status' });
  }

  /** An event once per change of what stands in the way. */
  #announce(partition: MeshStorPartition, status: MeshStorPartitionStatus): void {
    const now = status.conditions?.find(({ type }) => type === conditionTypes.ready);
    if (now?.status !== 'False' || ['Pending', 'Deleting'].includes(now.reason)) return;
    if (conditionOf(partition, conditionTypes.ready)?.reason === now.reason) return;
    this.deps.events.record(partition, 'Warning', now.reason, now.message);
  }
}

/** A host's refusal as people should read it; creation has reasons of its own that the controller acts on. */
function obstacleOf(error: { kind: string; message: string }, actions: readonly Action[]): Obstacle {
  const creating = actions.some(({ verb }) => verb === 'create');
  const reason = creating && error.kind === 'NotFound' ? 'DriveNotFound' : error.kind;
  return { reason, message: error.message };
}
