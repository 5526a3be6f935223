import type { MeshStorVolume } from '../../../src/api/model';
import { partitions, volumes } from '../../../src/api/resources';
import { StaleView, VolumeRecord } from '../../../src/controllers/volume/node/record';
import type { NodeStatus } from '../../../src/controllers/volume/node/status';
import { ApiError } from '../../../src/runtime/kube/client';
import { aPartition, recordOf, volumeUID } from '../../support/objects';
import { ApiDouble } from '../controllers/api-double';
import { attached, createdAt } from './view';

function etcd() {
  const api = new ApiDouble();
  const seen = api.seed(volumes, attached());
  const build = jest.fn((volume: MeshStorVolume): NodeStatus => {
    return { inSync: [recordOf(0)], array: volume.status!.array!, conditions: [] };
  });
  return {
    api,
    seen,
    build,
    record: new VolumeRecord(api, 'node1'),
    now: () => api.peek(volumes, 'pvc-1')!,
    edit: (change: (volume: MeshStorVolume) => void) => api.edit(volumes, 'pvc-1', change),
  };
}

/** What a decision of the node half rests on. */
const grounds: [string, (volume: MeshStorVolume) => void][] = [
  ['epoch', ({ status }) => (status!.owner!.epoch = 2)],
  ['purpose', ({ status }) => (status!.owner!.purpose = 'Initialize')],
  ['attachedTo', ({ spec }) => (spec.nodeName = 'node2')],
  ['attachedTo', ({ spec }) => delete spec.nodeName],
  ['releasedEpoch', ({ spec }) => (spec.releasedEpoch = 1)],
  ['deleted', ({ metadata }) => (metadata.deletionTimestamp = createdAt)],
  ['createdAt', ({ status }) => delete status!.array!.createdAt],
  ['formattedAt', ({ status }) => delete status!.formattedAt],
  ['inSync', ({ status }) => status!.inSync!.pop()],
  ['inSync', ({ status }) => (status!.inSync = [])],
  ['inSync', ({ status }) => (status!.inSync![0]!.memberUUID = 'another')],
  ['inSync', ({ status }) => (status!.inSync![0]!.role = 7)],
];

/** What the cluster half and people may write meanwhile. */
const harmless: [string, (volume: MeshStorVolume) => void][] = [
  ['a label', ({ metadata }) => (metadata.labels = { x: 'y' })],
  ['the phase', ({ status }) => (status!.phase = 'Syncing')],
  ['the states of partitions', ({ status }) => (status!.partitions = [])],
  ['since when the owner owns', ({ status }) => (status!.owner!.since = createdAt)],
  ['a wish for more copies', ({ spec }) => (spec.numberOfCopies = 3)],
];

describe('confirming a view', () => {
  test('gives the volume as etcd has it', async () => {
    const { record, seen, edit } = etcd();
    edit(({ metadata }) => (metadata.labels = { x: 'y' }));
    expect((await record.confirm(seen)).metadata.labels).toEqual({ x: 'y' });
  });
  test.each(grounds)('fails, and says so, when %s changed', async (what, change) => {
    const { record, seen, edit } = etcd();
    edit(change);
    await expect(record.confirm(seen)).rejects.toThrow(new StaleView('pvc-1', `${what} changed`));
  });
  test.each(harmless)('passes over %s', async (_, change) => {
    const { record, seen, edit } = etcd();
    edit(change);
    await expect(record.confirm(seen)).resolves.toBeDefined();
  });
  test.each<[string, (volume: MeshStorVolume) => void]>([
    ['its owner is node2', ({ status }) => (status!.owner!.nodeName = 'node2')],
    ['its owner is nobody', ({ status }) => delete status!.owner],
    ['it is gone', ({ metadata }) => (metadata.uid = 'another')],
  ])('fails when %s', async (words, change) => {
    const { record, seen, edit } = etcd();
    edit(change);
    await expect(record.confirm(seen)).rejects.toThrow(words);
  });
  test('fails when the volume is gone', async () => {
    const { api, record, seen } = etcd();
    api.erase(volumes, 'pvc-1');
    await expect(record.confirm(seen)).rejects.toBeInstanceOf(StaleView);
  });
  test('is no answer when etcd cannot be asked', async () => {
    const { api, record, seen } = etcd();
    api.before = () => {
      throw new Error('socket hang up');
    };
    await expect(record.confirm(seen)).rejects.toThrow('socket hang up');
  });
});

describe('writing the record', () => {
  test('is one compare-and-swap, and gives the volume as written', async () => {
    const { api, record, seen, build, now } = etcd();
    const written = await record.write(seen, build);
    expect(written).toEqual(now());
    expect(now().status?.inSync).toEqual([recordOf(0)]);
    expect(api.calls).toHaveLength(1);
    expect(api.calls[0]).toMatchObject({ body: { metadata: { resourceVersion: seen.metadata.resourceVersion } } });
  });
  test.each(harmless)('passes over %s, written meanwhile, and keeps it', async (_, change) => {
    const { record, seen, build, edit, now } = etcd();
    edit(change);
    const theirs = now();
    await record.write(seen, build);
    expect(now().status?.inSync).toEqual([recordOf(0)]);
    expect(now().metadata.labels).toEqual(theirs.metadata.labels);
    expect(now().status).toMatchObject({ ...theirs.status, inSync: [recordOf(0)] });
    expect(build).toHaveBeenLastCalledWith(theirs);
  });
  test.each(grounds)('writes nothing when %s changed', async (_, change) => {
    const { record, seen, build, edit, now } = etcd();
    edit(change);
    const theirs = now();
    await expect(record.write(seen, build)).rejects.toBeInstanceOf(StaleView);
    expect(now()).toEqual(theirs);
  });
  test('writes nothing when the owner is another', async () => {
    const { record, seen, build, edit, now } = etcd();
    edit(({ status }) => (status!.owner = { nodeName: 'node2', epoch: 2, purpose: 'Attach' }));
    await expect(record.write(seen, build)).rejects.toThrow('its owner is node2');
    expect(now().status?.inSync).toHaveLength(2);
  });
  test('writes nothing on a volume that is gone', async () => {
    const { api, record, seen, build } = etcd();
    api.erase(volumes, 'pvc-1');
    await expect(record.write(seen, build)).rejects.toThrow(new StaleView('pvc-1', 'it is gone'));
  });
  test('writes nothing on a member that is deleted while somebody else writes in between', async () => {
    const { api, record, seen, build, edit, now } = etcd();
    const member = api.seed(partitions, aPartition(0, 'node1'));
    api.before = ({ verb }) => {
      if (verb !== 'apply') return;
      edit(({ metadata }) => (metadata.labels = { changed: 'yes' }));
      api.edit(partitions, member.metadata.name, ({ metadata }) => (metadata.deletionTimestamp = createdAt));
    };
    await expect(record.write(seen, build, [member])).rejects.toThrow(`${member.metadata.name} is being deleted`);
    expect(now().status?.inSync).toHaveLength(2);
  });
  test('gives up when somebody writes each time', async () => {
    const { api, record, seen, build, edit } = etcd();
    api.before = ({ verb }) => {
      if (verb === 'apply') edit(({ metadata }) => (metadata.labels = { at: metadata.resourceVersion! }));
    };
    await expect(record.write(seen, build)).rejects.toMatchObject({ reason: 'Conflict' });
    expect(api.count('apply')).toBe(5);
  });
  test.each([new ApiError(422, 'Invalid', 'no'), new ApiError(500, 'InternalError', 'no'), new Error('no')])(
    'is not repeated after another failure: %s',
    async (error) => {
      const { api, record, seen, build } = etcd();
      api.before = () => {
        throw error;
      };
      await expect(record.write(seen, build)).rejects.toBe(error);
      expect(api.calls).toHaveLength(1);
    },
  );
});

test('a volume is read by its UID, not by its name', async () => {
  const { record, edit } = etcd();
  expect((await record.read('pvc-1', volumeUID))?.metadata.name).toBe('pvc-1');
  edit(({ metadata }) => (metadata.uid = 'another'));
  expect(await record.read('pvc-1', volumeUID)).toBeUndefined();
  expect(await record.read('pvc-2', volumeUID)).toBeUndefined();
});
