import { finalizers } from '../../../src/api/names';
import { nodeDevices, partitions, volumes } from '../../../src/api/resources';
import { partitionUUID } from '../../../src/api/identity';
import { ApiError } from '../../../src/runtime/kube/client';
import { aPartition, aVolume, GiB, volumeUID } from '../../support/objects';
import type { Call } from '../controllers/api-double';
import { aDevice, cluster } from './world';

const settled = { kind: 'settled' };
const creating = ({ verb, path }: Call, slot: number) => verb === 'create' && path.endsWith(`/pvc-1-${slot}`);
const twoNodes = () => [aDevice('node1'), aDevice('node2')];

describe('C5: a new volume', () => {
  test('gets its partitions and its first owner in one pass: one create each, and one status write', async () => {
    const { api, reconcile, volume, events } = cluster(aVolume());
    expect(await reconcile()).toEqual(settled);
    expect(api.writes).toEqual([
      'create meshstorpartitions/pvc-1-0',
      'create meshstorpartitions/pvc-1-1',
      'apply meshstorvolumes/pvc-1',
    ]);
    expect(volume().status?.owner).toEqual({
      nodeName: 'node1',
      epoch: 1,
      purpose: 'Initialize',
      since: '2026-01-01T00:00:01Z',
    });
    expect(events.list).toEqual(['Normal OwnerChanged pvc-1']);
  });

  test('leaves it to the record of the array to bring the next status write, for longer than that is collected', async () => {
    const world = cluster(aVolume());
    const { api, reconcile } = world;
    await reconcile();
    world.provide();
    expect(await reconcile()).toEqual({ kind: 'wait', ms: 12_000, for: 'changes to collect' });
    expect(api.count('apply')).toBe(1);
  });

  test('asks each node for a partition with the identity of its slot, for the owner to import', async () => {
    const { reconcile, partition } = cluster(aVolume());
    await reconcile();
    expect(partition(1)).toMatchObject({
      metadata: {
        finalizers: [finalizers.partition],
        labels: {
          'meshstor.io/node': 'node2',
          'meshstor.io/consumer': 'node1',
          'meshstor.io/volume': 'pvc-1',
        },
      },
      spec: {
        volumeName: 'pvc-1',
        volumeUID,
        nodeName: 'node2',
        device: 'nvme0n1',
        deviceID: 'uuid.node2-nvme0n1',
        partitionUUID: partitionUUID(volumeUID, 1),
        sizeBytes: GiB + 4 * 1024 ** 2,
        slot: 1,
        epoch: 1,
        importers: ['node1'],
      },
    });
    expect(partition(0)?.spec.importers).toEqual([]);
  });

  test('is placed once, however late the cache shows what was asked for', async () => {
    const { api, reconcile, nodes, promises } = cluster(aVolume());
    const catchUp = api.hold();
    await reconcile();
    await reconcile().catch(() => undefined);
    await reconcile().catch(() => undefined);
    catchUp();
    await reconcile();
    expect(nodes()).toEqual(['node1', 'node2']);
    expect(promises.of(volumeUID)).toEqual([]);
  });

  test.each([
    ['was refused', new ApiError(500, 'InternalError', 'webhook failed'), false],
    ['was lost on its way', new Error('socket hang up'), false],
    ['was carried out, and the answer lost', new Error('socket hang up'), true],
  ])(
    'never has two copies on one node, also when one request %s and the cache is late',
    async (_, error, carriedOut) => {
      for (const slot of [0, 1]) {
        const { api, reconcile, nodes } = cluster(aVolume(), twoNodes());
        const catchUp = api.hold();
        api[carriedOut ? 'after' : 'before'] = (call) => {
          if (creating(call, slot)) throw error;
        };
        await expect(reconcile()).rejects.toBe(error);
        api.before = api.after = () => undefined;
        await reconcile().catch(() => undefined);
        catchUp();
        await reconcile();
        expect(nodes().sort()).toEqual(['node1', 'node2']);
      }
    },
  );

  test('with several drives per copy is made whole after one request was refused', async () => {
    const devices = ['node1', 'node2'].flatMap((node) => ['nvme0n1', 'nvme1n1'].map((name) => aDevice(node, name)));
    const { api, reconcile, nodes, partition } = cluster(aVolume({ drivesPerCopy: 2 }), devices);
    api.before = (call) => {
      if (creating(call, 3)) throw new ApiError(500, 'InternalError', 'webhook failed');
    };
    await expect(reconcile()).rejects.toThrow('webhook failed');
    api.before = () => undefined;
    expect(nodes()).toEqual(['node1', 'node1', 'node2']);
    await reconcile();
    expect(partition(2)?.metadata.deletionTimestamp).toBeDefined();
    api.erase(partitions, 'pvc-1-2');
    await reconcile();
    expect(nodes()).toEqual(['node1', 'node1', 'node2', 'node2']);
  });

  test('does not own a node before every partition was asked for', async () => {
    const { api, reconcile, volume } = cluster(aVolume());
    api.before = (call) => {
      if (creating(call, 1)) throw new Error('socket hang up');
    };
    await expect(reconcile()).rejects.toThrow('socket hang up');
    expect(volume().status?.owner).toBeUndefined();
  });

  test('takes no slot that a partition of an earlier volume of its name still has', async () => {
    const { api, reconcile, partition } = cluster(aVolume());
    const old = aPartition(0, 'node1');
    api.seed(partitions, { ...old, spec: { ...old.spec, volumeUID: 'earlier' } });
    await reconcile();
    expect(partition(0)?.spec.volumeUID).toBe('earlier');
    expect([1, 2].map((slot) => partition(slot)?.spec.volumeUID)).toEqual([volumeUID, volumeUID]);
  });

  test('that is gone leaves no promise behind', async () => {
    const { api, reconcile, promises } = cluster(aVolume());
    api.before = (call) => {
      if (creating(call, 0)) throw new Error('socket hang up');
    };
    await expect(reconcile()).rejects.toThrow('socket hang up');
    expect(promises.on('uuid.node1-nvme0n1')).toBeGreaterThan(0);
    api.erase(volumes, 'pvc-1');
    expect(await reconcile()).toEqual(settled);
    expect(promises.on('uuid.node1-nvme0n1')).toBe(0);
  });
});

describe('C5: a volume for which there is no room', () => {
  test('says so at once and in one event, creates nothing, and looks again every 10 s', async () => {
    const { api, events, reconcile, condition, clock } = cluster(aVolume(), [aDevice('node1')]);
    expect(await reconcile()).toEqual({ kind: 'wait', ms: 10_000, for: 'InsufficientCapacity' });
    expect(condition('Provisioned')).toMatchObject({ status: 'False', reason: 'InsufficientCapacity' });
    expect(condition('Provisioned')?.message).toContain('2 nodes needed');
    await clock.advance(10_000);
    expect(await reconcile()).toMatchObject({ kind: 'wait', ms: 10_000 });
    expect(api.writes).toEqual(['apply meshstorvolumes/pvc-1']);
    expect(events.list).toEqual(['Warning InsufficientCapacity pvc-1']);
  });

  test('is placed when there is, and says why a new node does not help yet', async () => {
    const { api, beat, reconcile, nodes, condition, clock } = cluster(aVolume(), [aDevice('node1')]);
    await reconcile();
    api.seed(nodeDevices, aDevice('node2'));
    await reconcile();
    await clock.advance(1_000);
    await reconcile();
    expect(condition('Provisioned')?.message).toContain('node2: nvme0n1 is on a node that is not heard of');
    beat('node2');
    await reconcile();
    expect(nodes()).toEqual(['node1', 'node2']);
  });
});

describe('C1: a volume that is deleted', () => {
  test('takes along partitions that the cache has not shown yet, whether they were made or not', async () => {
    const { api, reconcile, edit, partition, promises } = cluster(aVolume());
    // The first is made and its answer lost, the second is lost on its way.
    api.after = (call) => {
      if (creating(call, 0)) throw new Error('socket hang up');
    };
    api.before = (call) => {
      if (creating(call, 1)) throw new Error('socket hang up');
    };
    api.hold(partitions);
    await expect(reconcile()).rejects.toThrow('socket hang up');
    api.before = api.after = () => undefined;
    edit(({ metadata }) => (metadata.deletionTimestamp = '2026-01-01T00:00:02Z'));
    await reconcile();
    expect(partition(0)?.metadata.deletionTimestamp).toBeDefined();
    expect(partition(1)).toBeUndefined();
    expect(promises.of(volumeUID)).toEqual([]);
  });
});
