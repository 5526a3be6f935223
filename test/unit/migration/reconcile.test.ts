import type { MeshStorMigration, MeshStorNodeDevice, MeshStorVolume } from '../../../src/api/model';
import { migrations, nodeDevices, partitions, volumes } from '../../../src/api/resources';
import { conditionOf } from '../../../src/api/volume';
import { Liveness } from '../../../src/controllers/liveness';
import { MigrationReconciler } from '../../../src/controllers/migration';
import { indexes } from '../../../src/api/indexes';
import { defaultLimits } from '../../../src/controllers/migration/queue';
import { Promises, Unreported } from '../../../src/controllers/volume/cluster/space';
import { timestamp } from '../../../src/runtime/clock';
import { FakeClock } from '../../support/fake-clock';
import { GiB, recordOf } from '../../support/objects';
import { ApiDouble } from '../controllers/api-double';
import { EventsDouble } from '../controllers/events-double';
import { aPass } from '../controllers/pass';
import { aMigration, first, running, second } from './view';

const aDevice = (node: string): MeshStorNodeDevice => ({
  apiVersion: 'csi.meshstor.io/v1alpha1',
  kind: 'MeshStorNodeDevice',
  metadata: { name: `${node}-nvme0n1` },
  spec: { node, device: 'nvme0n1', cordoned: false, evacuate: false },
  status: {
    deviceID: `uuid.${node}-nvme0n1`,
    sectorSize: 512,
    biggestUsableFreeBytes: 100 * GiB,
    updatedAt: '2026-01-01T00:00:00Z',
    conditions: [{ type: 'Usable', status: 'True', reason: 'InService', message: '', lastTransitionTime: '' }],
  },
});

/** The leader, three nodes with a drive each, a volume on two of them, and one migration. */
function world(
  migration: MeshStorMigration,
  volume: MeshStorVolume | undefined = running(),
  another?: MeshStorMigration,
) {
  const api = new ApiDouble();
  const events = new EventsDouble();
  const clock = new FakeClock('2026-01-01T00:00:01Z');
  const liveness = new Liveness(clock);
  for (const node of ['node1', 'node2', 'node3']) {
    api.seed(nodeDevices, aDevice(node));
    liveness.observe({ metadata: { name: `meshstor-node-${node}` }, spec: { renewTime: timestamp(clock) } });
  }
  if (volume) api.seed(volumes, volume);
  for (const partition of [first, second]) api.seed(partitions, partition);
  const seen = [migration, another].filter((one) => one !== undefined).map((one) => api.seed(migrations, one));
  const live = api.lister(migrations);
  // With a second one the cache shows both as they were, and nothing that is written.
  const lagging = {
    ...live,
    get: (name: string) => seen.find(({ metadata }) => metadata.name === name),
    list: () => seen,
  };
  const reconciler = new MigrationReconciler({
    kube: api,
    volumes: api.lister(volumes),
    partitions: api.lister(partitions, {
      [indexes.byVolumeName]: ({ spec }) => spec.volumeName,
    }),
    devices: api.lister(nodeDevices),
    migrations: another ? lagging : live,
    liveness,
    promises: new Promises(),
    unreported: new Unreported(clock),
    clock,
    events,
    limits: defaultLimits,
  });
  return {
    api,
    events,
    clock,
    reconcile: (name = 'move') => reconciler.reconcile(name, aPass()),
    now: () => api.peek(migrations, 'move')?.status ?? {},
    record: (...slots: number[]) =>
      api.edit(volumes, 'pvc-1', ({ status }) => {
        status!.inSync = slots.map((slot) => recordOf(slot));
      }),
  };
}

const fromNode2 = aMigration({ source: { nodeName: 'node2' } });

describe('a move of a member', () => {
  test('is on record before the first thing is made', async () => {
    const { api, reconcile, now } = world(fromNode2);
    await reconcile();
    expect(api.writes).toEqual(['apply meshstormigrations/move']);
    expect(now()).toMatchObject({ phase: 'Preparing', from: 'node2/nvme0n1', to: 'node3/nvme0n1', lowestInSync: 2 });
    await reconcile();
    expect(api.writes[1]).toBe('create meshstorpartitions/pvc-1-2');
    expect(api.peek(partitions, 'pvc-1-2')?.spec).toMatchObject({
      ...{ nodeName: 'node3', replaces: second.spec.partitionUUID, slot: 2, epoch: 1, importers: ['node1'] },
    });
  });

  test('ends with the source gone, and says how it went', async () => {
    const { api, events, reconcile, now, record } = world(fromNode2);
    await reconcile();
    await reconcile();
    record(0, 1, 2);
    await reconcile();
    expect(api.writes).not.toContain('delete meshstorpartitions/pvc-1-1');
    await reconcile();
    expect(api.writes).toContain('delete meshstorpartitions/pvc-1-1');
    record(0, 2);
    expect(await reconcile()).toEqual({ kind: 'settled' });
    expect(now()).toMatchObject({ phase: 'Completed', bytesDone: now().bytesTotal });
    expect(events.list).toEqual(['Normal Planned move', 'Normal Removing move', 'Normal Completed move']);
  });

  test('is not decided beside another one of the volume, though the cache does not show that one’s decision yet', async () => {
    const other = aMigration({ source: { nodeName: 'node1' } });
    const { api, reconcile } = world(fromNode2, running(), {
      ...other,
      metadata: { ...other.metadata, name: 'other' },
    });
    await reconcile();
    await reconcile('other');
    expect(api.peek(migrations, 'move')?.status?.moves).toHaveLength(1);
    expect(api.peek(migrations, 'other')?.status).toMatchObject({
      phase: 'Pending',
      conditions: [{ reason: 'Queued' }],
    });
  });

  test('is decided once, also when the answer to its record was lost', async () => {
    const { api, reconcile, now } = world(fromNode2);
    let lost = false;
    api.after = ({ verb }) => {
      if (verb === 'apply' && !lost) {
        lost = true;
        throw new Error('socket hang up');
      }
    };
    await expect(reconcile()).rejects.toThrow('socket hang up');
    await reconcile();
    expect(now().moves).toHaveLength(1);
    expect(api.writes.filter((write) => write.startsWith('create'))).toEqual(['create meshstorpartitions/pvc-1-2']);
  });

  test('asks again for what may never have been made', async () => {
    const { api, reconcile } = world(fromNode2);
    await reconcile();
    api.before = ({ verb }) => {
      if (verb === 'create') throw new Error('socket hang up');
    };
    await expect(reconcile()).rejects.toThrow('socket hang up');
    expect(api.peek(partitions, 'pvc-1-2')).toBeUndefined();
    api.before = () => undefined;
    await reconcile();
    expect(api.peek(partitions, 'pvc-1-2')?.spec).toMatchObject({ nodeName: 'node3', slot: 2 });
  });

  test('that cannot be is refused with the reason, in its status and one event for it and one for the volume', async () => {
    const { api, events, reconcile, now } = world(aMigration({ source: { nodeName: 'node9' } }));
    expect(await reconcile()).toEqual({ kind: 'settled' });
    expect(now().phase).toBe('Failed');
    expect(now().conditions?.[0]?.message).toBe('pvc-1 has no partition on node9.');
    expect(events.list).toEqual(['Warning InvalidSource move', 'Warning MigrationInvalidSource pvc-1']);
    await reconcile();
    expect(api.writes).toHaveLength(1);
  });

  test('that ended is deleted an hour later', async () => {
    const { api, clock, reconcile } = world(aMigration({ source: { nodeName: 'node9' } }));
    await reconcile();
    expect(await reconcile()).toMatchObject({ kind: 'wait', ms: 3_600_000 });
    await clock.advance(3_600_000);
    await reconcile();
    expect(api.peek(migrations, 'move')).toBeUndefined();
  });
});

test('a live migration is told at once that it is not carried out', async () => {
  const { api, events, reconcile, now } = world(aMigration({ type: 'Live' }));
  expect(await reconcile()).toEqual({ kind: 'settled' });
  expect(now()).toMatchObject({ phase: 'NotSupported', observedGeneration: 1 });
  expect(conditionOf(api.peek(migrations, 'move')!, 'Accepted')).toMatchObject({
    status: 'False',
    reason: 'NotSupported',
  });
  expect(events.list).toEqual(['Warning NotSupported move', 'Warning MigrationNotSupported pvc-1']);
});

describe('a migration that a lagging cache lets look impossible', () => {
  const addition = () => aMigration({ reason: 'Scaling' });

  test('waits, and goes on when the cache shows what the volume is to be', async () => {
    const { api, reconcile, now } = world(addition());
    const release = api.hold(volumes);
    api.edit(volumes, 'pvc-1', ({ spec }) => (spec.numberOfCopies = 3));
    expect(await reconcile()).toMatchObject({ kind: 'wait', for: 'the volume to be seen' });
    expect(now()).toEqual({});
    release();
    await reconcile();
    expect(now()).toMatchObject({ phase: 'Preparing' });
  });
  test('is refused when etcd has it so, too', async () => {
    const { reconcile, now } = world(addition());
    await reconcile();
    expect(now()).toMatchObject({ phase: 'Failed' });
  });
});
