import type { MeshStorPartition } from '../../../src/api/model';
import { finalizers } from '../../../src/api/names';
import { migrations, partitions, volumes } from '../../../src/api/resources';
import { act, type Hands } from '../../../src/controllers/volume/cluster/act';
import { Promises } from '../../../src/controllers/volume/cluster/space';
import { viewOf } from '../../../src/controllers/volume/cluster/view';
import { ApiError } from '../../../src/runtime/kube/client';
import { aPartition, aVolume, volumeUID } from '../../support/objects';
import { ApiDouble } from '../controllers/api-double';

const owner = { nodeName: 'node1', epoch: 3, purpose: 'Attach' as const };
const spot = { nodeName: 'node2', device: 'nvme0n1', deviceID: 'uuid.node2-nvme0n1' };
const create = { verb: 'createPartition' as const, slot: 1, spot, owner: 'node1' };

function hands(metadata: { finalizers?: string[] } = {}) {
  const api = new ApiDouble();
  const promises = new Promises();
  const volume = api.seed(volumes, aVolume({}, { owner }, { ...metadata, resourceVersion: undefined }));
  const view = viewOf({
    volume,
    partitions: [],
    takenSlots: [],
    candidates: [],
    deadNodes: new Set(),
    handoverOverdue: false,
  });
  const grant: Hands['grant'] = async () => volume;
  return { api, promises, hands: { kube: api, promises, view, grant } satisfies Hands };
}

describe('creating a partition', () => {
  test('promises its space before the request is on its way', async () => {
    const { api, promises, hands: given } = hands();
    let promised = 0;
    api.before = () => void (promised = promises.on(spot.deviceID));
    await act(given, create);
    expect(promised).toBeGreaterThan(0);
    expect(promises.on(spot.deviceID)).toBe(promised);
  });
  test('asks for it under the epoch that the volume has', async () => {
    const { api, hands: given } = hands();
    await act(given, create);
    expect(api.peek(partitions, 'pvc-1-1')?.spec).toMatchObject({ epoch: 3, importers: ['node1'], slot: 1 });
    await act(given, { ...create, slot: 0, owner: 'node2' });
    expect(api.peek(partitions, 'pvc-1-0')?.spec).toMatchObject({ epoch: 3, importers: [] });
  });
  test.each<[string, unknown, boolean]>([
    ['is kept when the partition exists already', new ApiError(409, 'AlreadyExists', ''), true],
    ['is kept when nobody knows whether it was made', new Error('socket hang up'), true],
    ['is taken back when the API server refused', new ApiError(403, 'Forbidden', 'quota'), false],
  ])('its promise %s', async (_, error, kept) => {
    const { api, promises, hands: given } = hands();
    api.before = () => {
      throw error;
    };
    await act(given, create).catch(() => undefined);
    expect(promises.on(spot.deviceID) > 0).toBe(kept);
  });
  test('fails unless it is there already', async () => {
    const { api, hands: given } = hands();
    await act(given, create);
    await expect(act(given, create)).resolves.toBeUndefined();
    api.before = () => {
      throw new ApiError(403, 'Forbidden', 'quota');
    };
    await expect(act(given, { ...create, slot: 2 })).rejects.toThrow('quota');
  });
});

describe('asking for a move', () => {
  const move = { reason: 'Scaling' as const };
  const ask = { verb: 'createMigration' as const, name: 'pvc-1.1', move };

  test('is done once', async () => {
    const { api, hands: given } = hands();
    await act(given, ask);
    await act(given, ask);
    expect(api.all(migrations).map(({ metadata, spec }) => [metadata.name, spec.volumeName, spec.reason])).toEqual([
      ['pvc-1.1', 'pvc-1', 'Scaling'],
    ]);
  });
  test.each<[string, (api: ApiDouble) => void]>([
    ['being deleted', (api) => api.edit(volumes, 'pvc-1', ({ metadata }) => (metadata.deletionTimestamp = 'now'))],
    ['another one', (api) => api.edit(volumes, 'pvc-1', ({ metadata }) => (metadata.uid = 'another'))],
  ])('is not done when the volume is %s by now, whatever the cache shows', async (_, change) => {
    const { api, hands: given } = hands();
    change(api);
    await expect(act(given, ask)).rejects.toThrow('pvc-1 was deleted since it was seen');
    expect(api.writes).toEqual([]);
  });
});

describe('deleting a partition', () => {
  test('deletes the one that was seen, not a later one of its name', async () => {
    const { api, hands: given } = hands();
    api.seed(partitions, aPartition(1, 'node2'));
    await expect(act(given, { verb: 'deletePartition', name: 'pvc-1-1', uid: 'earlier' })).rejects.toThrow('modified');
    await act(given, { verb: 'deletePartition', name: 'pvc-1-1', uid: 'partition-1' });
    expect(api.peek(partitions, 'pvc-1-1')?.metadata.deletionTimestamp).toBeDefined();
  });
  test('of which nobody knows whether it was made finds out, and spares that of another volume', async () => {
    const { api, promises, hands: given } = hands();
    const promised = aPartition(1, 'node2');
    promises.promise(promised);
    const unknown = { verb: 'deletePartition' as const, name: 'pvc-1-1', uid: undefined };
    await act(given, unknown);
    expect(promises.of(volumeUID)).toEqual([]);
    const other: MeshStorPartition = { ...promised, spec: { ...promised.spec, volumeUID: 'another' } };
    api.seed(partitions, other);
    await act(given, unknown);
    expect(api.count('delete')).toBe(0);
    api.edit(partitions, 'pvc-1-1', ({ spec }) => (spec.volumeUID = volumeUID));
    await act(given, unknown);
    expect(api.peek(partitions, 'pvc-1-1')?.metadata.deletionTimestamp).toBeDefined();
  });
  test('keeps its promise while the deletion may have failed', async () => {
    const { api, promises, hands: given } = hands();
    promises.promise(aPartition(1, 'node2'));
    api.before = () => {
      throw new Error('socket hang up');
    };
    await expect(act(given, { verb: 'deletePartition', name: 'pvc-1-1', uid: 'x' })).rejects.toThrow('socket hang up');
    expect(promises.of(volumeUID)).toHaveLength(1);
  });
});

describe('finalizers', () => {
  const others = ['a.example/first', 'b.example/second'];
  test('are added to and taken from what others hold', async () => {
    const { api, hands: given } = hands({ finalizers: others });
    const written = await act(given, { verb: 'addFinalizer' });
    expect(written?.metadata.finalizers).toEqual([...others, finalizers.volume]);
    await act({ ...given, view: { ...given.view, volume: written! } }, { verb: 'dropFinalizer' });
    expect(api.peek(volumes, 'pvc-1')?.metadata.finalizers).toEqual(others);
  });
  test.each(['addFinalizer', 'dropFinalizer'] as const)(
    '%s never passes over what somebody else wrote',
    async (verb) => {
      const { api, hands: given } = hands({ finalizers: [finalizers.volume] });
      api.edit(volumes, 'pvc-1', ({ metadata }) => (metadata.finalizers = [...metadata.finalizers!, 'c.example/late']));
      await expect(act(given, { verb })).rejects.toMatchObject({ reason: 'Conflict' });
      expect(api.peek(volumes, 'pvc-1')?.metadata.finalizers).toEqual([finalizers.volume, 'c.example/late']);
    },
  );
  test('of a volume without any are added as the first', async () => {
    const { hands: given } = hands({ finalizers: undefined });
    expect((await act(given, { verb: 'addFinalizer' }))?.metadata.finalizers).toEqual([finalizers.volume]);
  });
});

describe('aligning a partition', () => {
  const held = aPartition(1, 'node2');
  const seen = (given: MeshStorPartition) => {
    const { name, uid, resourceVersion } = given.metadata;
    const wishes = { epoch: 4, importers: ['node3'], consumer: 'node3', copyPaused: true };
    return { verb: 'alignPartition' as const, name, uid: uid!, resourceVersion: resourceVersion!, ...wishes };
  };
  test('changes its epoch, importers, consumer and whether it is held, and nothing else', async () => {
    const { api, hands: given } = hands();
    const before = api.seed(partitions, aPartition(1, 'node2'));
    expect(await act(given, seen(before))).toBeUndefined();
    expect(api.peek(partitions, 'pvc-1-1')).toMatchObject({
      metadata: { labels: { ...before.metadata.labels, 'meshstor.io/consumer': 'node3' } },
      spec: { ...before.spec, epoch: 4, importers: ['node3'], copyPaused: true },
      status: before.status!,
    });
  });
  test('leaves nothing of a hold that is over', async () => {
    const { api, hands: given } = hands();
    const before = api.seed(partitions, { ...held, spec: { ...held.spec, copyPaused: true } });
    await act(given, { ...seen(before), copyPaused: false });
    expect(api.peek(partitions, 'pvc-1-1')?.spec).not.toHaveProperty('copyPaused');
  });
  test.each<[string, (partition: MeshStorPartition) => void]>([
    ["a namesake's that took its place", ({ metadata }) => (metadata.uid = 'another')],
    ['one that somebody changed since it was seen', ({ spec }) => (spec.epoch = 3)],
  ])('never changes %s', async (_, change) => {
    const { api, hands: given } = hands();
    const before = api.seed(partitions, aPartition(1, 'node2'));
    api.edit(partitions, 'pvc-1-1', change);
    const now = api.peek(partitions, 'pvc-1-1');
    await expect(act(given, seen(before))).rejects.toMatchObject({ reason: 'Conflict' });
    expect(api.peek(partitions, 'pvc-1-1')).toEqual(now);
  });
  test("never changes a namesake's of the very version that was seen", async () => {
    const { api, hands: given } = hands();
    const now = api.seed(partitions, aPartition(1, 'node2'));
    await expect(act(given, { ...seen(now), uid: 'earlier' })).rejects.toMatchObject({ reason: 'Conflict' });
  });
});

test('labelling a volume keeps its other labels', async () => {
  const { api, hands: given } = hands();
  api.edit(volumes, 'pvc-1', ({ metadata }) => (metadata.labels = { team: 'a' }));
  const written = await act(given, { verb: 'labelVolume', consumer: 'node1' });
  expect(written?.metadata.labels).toEqual({ team: 'a', 'meshstor.io/consumer': 'node1' });
});
