import { conditionTypes, reasons } from '../../api/conditions';
import type { MeshStorMigration, MeshStorPartition } from '../../api/model';
import { migrations as resource, partitions as partitionResource, volumes } from '../../api/resources';
import { conditionOf } from '../../api/volume';
import { timestamp } from '../../runtime/clock';
import { isConflict, type KubeClient } from '../../runtime/kube/client';
import { settled, wait, type Outcome, type Pass, type Reconciler } from '../../runtime/reconciler';
import { sameJSON } from '../../runtime/same-json';
import type { EventSink } from '../event-sink';
import { act } from './act';
import { announce } from './announce';
import { Decided } from './decided';
import { decide, type Decision } from './decide';
import { observe, type Eyes } from './observe';
import { restMs, statusOf } from './report';
import { isFinished, type View } from './view';

export interface MigrationDeps extends Omit<Eyes, 'decided'> {
  readonly kube: KubeClient;
  readonly events: EventSink;
}

const fieldManager = 'meshstor-controller';
/** How soon a migration that waits looks again; others' ends and free space are no events of its own. */
const waitingRetryMs = 10_000;
/** How soon one looks again that would have ended by what a cache shows and etcd does not. */
const staleRetryMs = 1_000;

/** Reconciles migrations (docs/design/migration.md). Keys are names. */
export class MigrationReconciler implements Reconciler {
  readonly name = 'migration';

  readonly #eyes: Eyes;

  constructor(private readonly deps: MigrationDeps) {
    this.#eyes = { ...deps, decided: new Decided() };
  }

  async reconcile(key: string, pass: Pass): Promise<Outcome> {
    const migration = this.deps.migrations.get(key);
    if (!migration || migration.metadata.deletionTimestamp !== undefined) return settled;
    if (isFinished(migration)) return this.#retire(migration);
    const view = observe(this.#eyes, migration);
    const decision = migration.spec.type === 'Live' ? notSupported : decide(view);
    // Nothing is awaited between the view and this.
    if (decision.phase === 'Preparing' && decision.moves) this.#eyes.decided.remember(migration, decision.moves);
    pass.log.debug('decided', { rule: decision.rule, verbs: decision.actions.map(({ verb }) => verb) });
    if (isForGood(view, decision) && !(await this.#isSeenAsItIs(view))) {
      this.#eyes.decided.forget(migration);
      return wait(staleRetryMs, 'the volume to be seen');
    }
    let failure: unknown;
    try {
      for (const action of decision.actions) {
        pass.log.info('act', { rule: decision.rule, volume: migration.spec.volumeName, verb: action.verb });
        await act({ ...this.deps, view }, action);
      }
    } catch (error) {
      failure = error;
    }
    await this.#report(view, decision);
    if (failure) throw failure as Error;
    return ['Pending', 'Preparing', 'Running'].includes(decision.phase)
      ? wait(waitingRetryMs, decision.reason)
      : settled;
  }

  /**
   * What is decided, given up or over is not undone: the volume, its record and its partitions, and that nothing else is
   * left of what was made for the move, are only believed from etcd.
   */
  async #isSeenAsItIs({ migration, volume, partitions }: View): Promise<boolean> {
    const { kube } = this.deps;
    const now = await kube.get(volumes, migration.spec.volumeName);
    const isSame =
      now?.metadata.uid === volume?.metadata.uid && now?.metadata.generation === volume?.metadata.generation;
    if (!isSame || !sameJSON(now?.status?.inSync, volume?.status?.inSync)) return false;
    const seen = new Map(partitions.map((partition) => [partition.metadata.name, partition]));
    const targets = (migration.status?.moves ?? []).flatMap(({ target }) => target ?? []);
    const names = [...new Set([...seen.keys(), ...targets])];
    const found = await Promise.all(names.map((name) => kube.get(partitionResource, name)));
    return names.every((name, n) => {
      const mine = found[n]?.spec.volumeUID === volume?.metadata.uid ? found[n] : undefined;
      return mine?.metadata.uid === seen.get(name)?.metadata.uid && isGoing(mine) === isGoing(seen.get(name));
    });
  }

  /** Compare-and-swap: what is moved where is decided once. */
  async #report(view: View, decision: Decision): Promise<void> {
    const { migration } = view;
    const status = statusOf(view, decision, timestamp(this.deps.clock));
    if (sameJSON(migration.status, status)) return;
    const { name, uid, resourceVersion } = migration.metadata;
    const body = { metadata: { name, uid: uid!, resourceVersion }, status };
    try {
      await this.deps.kube.apply(resource, body, { fieldManager, force: true, subresource: 'status' });
    } catch (error) {
      if (isConflict(error)) this.#eyes.decided.forget(migration);
      throw error;
    }
    const before = conditionOf(migration, conditionTypes.accepted);
    if (before?.reason !== decision.reason || migration.status?.phase !== decision.phase) {
      announce(this.deps.events, view, decision);
    }
  }

  /** Finished ones stay to be looked at for a while. */
  async #retire(migration: MeshStorMigration): Promise<Outcome> {
    const rest = restMs(migration, this.deps.clock.now()) ?? 0;
    if (rest > 0) return wait(rest, 'the time to be looked at to end');
    await this.deps.kube.delete(resource, migration.metadata.name, { uid: migration.metadata.uid! });
    return settled;
  }
}

const isGoing = (partition: MeshStorPartition | undefined): boolean =>
  partition?.metadata.deletionTimestamp !== undefined;

/** Whether something is decided, over, or given up from now on. */
function isForGood({ migration }: View, { rule, phase, reason, moves, actions }: Decision): boolean {
  if (phase === 'Failed' || phase === 'Cancelled' || moves !== undefined) return true;
  return rule === 'M10' && (actions.length > 0 || conditionOf(migration, conditionTypes.accepted)?.reason !== reason);
}

const notSupported: Decision = {
  rule: 'M1',
  actions: [],
  phase: 'NotSupported',
  reason: reasons.notSupported,
  message: 'This version of MeshStor does not move consumers yet. Nothing was changed; delete this object.',
};
