import { conditionTypes, reasons } from '../../api/conditions';
import type { MeshStorMigration } from '../../api/model';
import { migrations } from '../../api/resources';
import { conditionOf } from '../../api/volume';
import { timestamp, type Clock } from '../../runtime/clock';
import type { KubeClient } from '../../runtime/kube/client';
import type { Lister } from '../../runtime/lister';
import { settled, type Outcome, type Reconciler } from '../../runtime/reconciler';
import type { EventSink } from '../event-sink';

export interface MigrationDeps {
  readonly kube: KubeClient;
  readonly migrations: Lister<MeshStorMigration>;
  readonly clock: Clock;
  readonly events: EventSink;
}

const message =
  'This version of MeshStor does not move members or consumers yet. Nothing was changed; delete this object.';

/** Says of every migration that it is not carried out. Keys are names. */
export class MigrationReconciler implements Reconciler {
  readonly name = 'migration';

  constructor(private readonly deps: MigrationDeps) {}

  async reconcile(key: string): Promise<Outcome> {
    const migration = this.deps.migrations.get(key);
    if (!migration || migration.metadata.deletionTimestamp !== undefined) return settled;
    const { name, uid, generation } = migration.metadata;
    const before = conditionOf(migration, conditionTypes.accepted);
    if (before?.reason === reasons.notSupported && migration.status?.observedGeneration === generation) return settled;
    const condition = {
      type: conditionTypes.accepted,
      status: 'False',
      reason: reasons.notSupported,
      message,
      lastTransitionTime: before?.lastTransitionTime ?? timestamp(this.deps.clock),
    };
    const status = { observedGeneration: generation, phase: 'NotSupported', conditions: [condition] };
    const body = { metadata: { name, uid: uid! }, status };
    await this.deps.kube.apply(migrations, body, {
      fieldManager: 'meshstor-controller',
      force: true,
      subresource: 'status',
    });
    if (!before) this.deps.events.record(migration, 'Warning', reasons.notSupported, message);
    return settled;
  }
}
