import type { MeshStorVolume, MeshStorVolumeStatus } from '../../../src/api/model';
import { finalizers } from '../../../src/api/names';
import { partitions, volumes } from '../../../src/api/resources';
import { ApiError } from '../../../src/runtime/kube/client';
import { aPartition, aVolume, recordOf } from '../../support/objects';
import { cluster } from './world';

const settled = { kind: 'settled' };
const labelled = { labels: { 'meshstor.io/consumer': 'node1' } };
const owner = { nodeName: 'node1', epoch: 1, purpose: 'Attach' as const, since: '2026-01-01T00:00:00Z' };
const running: MeshStorVolumeStatus = {
  owner,
  nodeName: 'node1',
  array: { epoch: 1, state: 'Running', createdAt: '2026-01-01T00:00:00Z' },
  inSync: [recordOf(0), recordOf(1)],
};

/** A volume that is in use on node1, as the cluster half left it. */
async function inUse(spec: Partial<MeshStorVolume['spec']> = {}) {
  const world = cluster(aVolume({ nodeName: 'node1' }, running, labelled));
  for (const [slot, node] of ['node1', 'node2'].entries()) world.api.seed(partitions, aPartition(slot, node));
  await world.reconcile();
  world.edit((volume) => Object.assign(volume.spec, spec));
  world.api.calls.length = 0;
  world.events.list.length = 0;
  return world;
}

test('nothing is written when nothing changed', async () => {
  const { api, reconcile } = await inUse();
  expect(await reconcile()).toEqual(settled);
  expect(api.calls).toEqual([]);
});

describe('C8: a volume that is wanted on another node', () => {
  test('waits for its owner, says so in one write and one event', async () => {
    const { api, events, reconcile, condition } = await inUse({ nodeName: 'node2' });
    expect(await reconcile()).toEqual({ kind: 'wait', ms: 60_000, for: 'the former owner to stop' });
    await reconcile();
    expect(condition('Attached')).toMatchObject({ status: 'False', reason: 'WaitingForRelease' });
    expect(api.writes).toEqual(['apply meshstorvolumes/pvc-1']);
    expect(events.list).toEqual(['Normal WaitingForRelease pvc-1']);
  });

  test('moves as soon as its owner stopped: one epoch on, then its partitions, then its label', async () => {
    const { api, events, reconcile, edit, volume, partition } = await inUse({ nodeName: 'node2' });
    await reconcile();
    edit(({ status }) => (status!.array!.state = 'Stopped'));
    api.calls.length = 0;
    await reconcile();
    expect(volume().status).toMatchObject({ nodeName: 'node2', owner: { nodeName: 'node2', epoch: 2 } });
    expect(events.list.at(-1)).toBe('Normal OwnerChanged pvc-1');
    await reconcile();
    expect(partition(0)?.spec).toMatchObject({ epoch: 2, importers: ['node2'] });
    expect(partition(1)?.spec).toMatchObject({ epoch: 2, importers: [] });
    await reconcile();
    expect(volume().metadata.labels).toEqual({ 'meshstor.io/consumer': 'node2' });
    expect(api.writes.filter((write) => write.startsWith('patch'))).toHaveLength(3);
  });

  test('moves when its owner had 60 s to stop, not before', async () => {
    const { beat, clock, reconcile, volume } = await inUse({ nodeName: 'node2' });
    const pass = async (ms: number) => {
      await clock.advance(ms);
      beat('node1', 'node2', 'node3');
      await reconcile();
      return volume().status?.owner?.epoch;
    };
    expect(await pass(0)).toBe(1);
    expect(await pass(59_999)).toBe(1);
    expect(await pass(1)).toBe(2);
  });

  test('gives every owner its 60 s anew', async () => {
    const { beat, clock, edit, reconcile, volume } = await inUse({ nodeName: 'node2' });
    const pass = async (ms: number) => {
      await clock.advance(ms);
      beat('node1', 'node2', 'node3');
      await reconcile();
    };
    await pass(0);
    await pass(50_000);
    edit(({ spec }) => (spec.nodeName = 'node1'));
    await pass(1_000);
    edit(({ spec }) => (spec.nodeName = 'node2'));
    await pass(1_000);
    await pass(59_000);
    expect(volume().status?.owner?.epoch).toBe(1);
    await pass(1_000);
    expect(volume().status?.owner?.epoch).toBe(2);
    edit(({ spec }) => (spec.nodeName = 'node3'));
    await pass(1_000);
    expect(volume().status?.owner?.epoch).toBe(2);
  });

  test('does not wait for a dead owner', async () => {
    const { die, reconcile, volume } = await inUse({ nodeName: 'node2' });
    die('node1');
    await reconcile();
    expect(volume().status?.owner).toMatchObject({ nodeName: 'node2', epoch: 2 });
  });
});

describe('I1: an owner is named by compare-and-swap', () => {
  test('and not at all when anybody wrote the volume since it was seen', async () => {
    const { api, edit, reconcile, volume, events } = await inUse({ nodeName: 'node2' });
    edit(({ status }) => (status!.array!.state = 'Stopped'));
    const catchUp = api.hold();
    edit(({ spec }) => delete spec.nodeName);
    await expect(reconcile()).rejects.toMatchObject({ reason: 'Conflict' });
    expect(volume().status?.owner?.epoch).toBe(1);
    expect(events.list).toEqual([]);
    catchUp();
    await reconcile();
    expect(volume().status?.owner?.epoch).toBe(1);
  });

  test('never twice for one decision, however late the cache is', async () => {
    const { api, edit, reconcile, volume } = await inUse({ nodeName: 'node2' });
    edit(({ status }) => (status!.array!.state = 'Stopped'));
    api.hold();
    await reconcile();
    await expect(reconcile()).rejects.toMatchObject({ reason: 'Conflict' });
    expect(volume().status?.owner?.epoch).toBe(2);
  });

  test("and takes nothing of what the owner's node wrote with it", async () => {
    const { edit, reconcile, volume } = await inUse({ nodeName: 'node2' });
    edit(({ status }) => {
      status!.array!.state = 'Stopped';
      status!.mdState = 'missing';
      status!.conditions!.push({
        type: 'ArrayReady',
        status: 'False',
        reason: 'Stopped',
        message: 'x',
        lastTransitionTime: '2026-01-01T00:00:00Z',
      });
    });
    const { inSync, array, mdState } = volume().status!;
    await reconcile();
    expect(volume().status).toMatchObject({ inSync, array, mdState });
    expect(volume().status?.conditions?.map(({ type }) => type)).toContain('ArrayReady');
  });
});

test('C7: attaching to the node that built the volume is one write', async () => {
  const { api, reconcile, edit, volume, condition } = await inUse();
  edit(({ status }) => {
    status!.owner!.purpose = 'Initialize';
    delete status!.nodeName;
  });
  api.calls.length = 0;
  await reconcile();
  expect(volume().status).toMatchObject({ nodeName: 'node1', owner: { epoch: 1, purpose: 'Attach' } });
  expect(condition('Attached')).toMatchObject({ status: 'True' });
  expect(api.writes).toEqual(['apply meshstorvolumes/pvc-1']);
});

describe('what is written when', () => {
  test('the states of partitions are collected for a second, and then written although nothing else happens', async () => {
    const { api, die, clock, reconcile, volume } = await inUse();
    die('node2');
    expect(await reconcile()).toEqual({ kind: 'wait', ms: 1_000, for: 'changes to collect' });
    expect(api.writes).toEqual([]);
    await clock.advance(1_000);
    await reconcile();
    expect(volume().status?.partitions?.[1]).toMatchObject({ state: 'Missing', updatedAt: '2026-01-01T00:00:02Z' });
  });

  test('a failed step is a failure of the pass, and what was observed is on record all the same', async () => {
    const { api, edit, reconcile, condition } = await inUse();
    api.edit(partitions, 'pvc-1-1', ({ spec }) => (spec.importers = []));
    edit(({ status }) => (status!.inSync = [recordOf(0)]));
    api.before = ({ verb }) => {
      if (verb === 'patch') throw new ApiError(500, 'InternalError', 'etcd is away');
    };
    await expect(reconcile()).rejects.toThrow('etcd is away');
    expect(condition('Redundant')).toMatchObject({ status: 'False', reason: 'Degraded' });
  });
});

describe('C1: a deleted volume', () => {
  test('waits for its array, then for its partitions, and is let go of last', async () => {
    const { api, edit, reconcile, partition } = await inUse();
    edit(({ metadata, spec }) => {
      metadata.deletionTimestamp = '2026-01-01T00:00:02Z';
      delete spec.nodeName;
    });
    await reconcile();
    expect(api.count('delete')).toBe(0);
    edit(({ status }) => (status!.array!.state = 'Stopped'));
    await reconcile();
    expect([0, 1].map((slot) => partition(slot)?.metadata.deletionTimestamp !== undefined)).toEqual([true, true]);
    expect(api.peek(volumes, 'pvc-1')?.metadata.finalizers).toEqual([finalizers.volume]);
    for (const name of ['pvc-1-0', 'pvc-1-1']) api.erase(partitions, name);
    expect(await reconcile()).toEqual(settled);
    expect(api.peek(volumes, 'pvc-1')).toBeUndefined();
    expect(await reconcile()).toEqual(settled);
  });

  test('says that it is deleting, and writes no status after its finalizer', async () => {
    const { api, edit, reconcile, volume } = await inUse();
    edit(({ metadata, spec, status }) => {
      metadata.deletionTimestamp = '2026-01-01T00:00:02Z';
      delete spec.nodeName;
      status!.array!.state = 'Stopped';
    });
    await reconcile();
    expect(volume().status?.phase).toBe('Deleting');
    for (const name of ['pvc-1-0', 'pvc-1-1']) api.erase(partitions, name);
    await reconcile();
    expect(api.writes.at(-1)).toBe('patch meshstorvolumes/pvc-1');
  });
});

test('C2 and C3: a volume made by hand gets its finalizer, and one that cannot be honoured is told once', async () => {
  const world = cluster(aVolume({ migratable: true }, {}, { finalizers: [] }));
  await world.reconcile();
  expect(world.volume().metadata.finalizers).toEqual([finalizers.volume]);
  expect(await world.reconcile()).toEqual({ kind: 'wait', ms: 10_000, for: 'InvalidSpec' });
  await world.reconcile();
  expect(world.condition('SpecApplied')).toMatchObject({ status: 'False', reason: 'InvalidSpec' });
  expect(world.events.list).toEqual(['Warning InvalidSpec pvc-1']);
});
