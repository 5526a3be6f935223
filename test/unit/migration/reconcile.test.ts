import type { MeshStorMigration } from '../../../src/api/model';
import { migrations } from '../../../src/api/resources';
import { conditionOf } from '../../../src/api/volume';
import { MigrationReconciler } from '../../../src/controllers/migration';
import { FakeClock } from '../../support/fake-clock';
import { ApiDouble } from '../controllers/api-double';
import { EventsDouble } from '../controllers/events-double';

function world(metadata: Partial<MeshStorMigration['metadata']> = {}) {
  const api = new ApiDouble();
  const events = new EventsDouble();
  const clock = new FakeClock();
  api.seed(migrations, {
    apiVersion: 'csi.meshstor.io/v1alpha1',
    kind: 'MeshStorMigration',
    metadata: { name: 'move', ...metadata },
    spec: { volumeName: 'pvc-1', type: 'Member', reason: 'User', paused: false, cancelled: false, dryRun: false },
  });
  const reconciler = new MigrationReconciler({ kube: api, migrations: api.lister(migrations), clock, events });
  return { api, events, clock, reconcile: () => reconciler.reconcile('move'), now: () => api.peek(migrations, 'move') };
}

test('a migration is told at once that it is not carried out, in its status and in one event', async () => {
  const { api, events, reconcile, now } = world();
  expect(await reconcile()).toEqual({ kind: 'settled' });
  expect(now()?.status).toMatchObject({ phase: 'NotSupported', observedGeneration: 1 });
  expect(conditionOf(now()!, 'Accepted')).toMatchObject({ status: 'False', reason: 'NotSupported' });
  expect(conditionOf(now()!, 'Accepted')?.message).toContain('Nothing was changed');
  await reconcile();
  expect(api.writes).toEqual(['apply meshstormigrations/move']);
  expect(events.list).toEqual(['Warning NotSupported move']);
});

test('a changed wish is answered anew, under the same time and without a second event', async () => {
  const { api, clock, events, reconcile, now } = world();
  await reconcile();
  await clock.advance(60_000);
  api.edit(migrations, 'move', ({ spec }) => (spec.paused = true));
  await reconcile();
  expect(now()?.status?.observedGeneration).toBe(2);
  expect(conditionOf(now()!, 'Accepted')?.lastTransitionTime).toBe('2026-01-01T00:00:00Z');
  expect(events.list).toHaveLength(1);
});

test('one that is being deleted, or gone, is left alone', async () => {
  const { api, reconcile } = world({ deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['somebody.else/holds'] });
  await reconcile();
  api.erase(migrations, 'move');
  await reconcile();
  expect(api.calls).toEqual([]);
});
