import type { MeshStorVolume } from '../../../src/api/model';
import { partitions, volumes } from '../../../src/api/resources';
import { byVolumeUID, isEmpty, observe } from '../../../src/controllers/volume/node/observe';
import { VolumeRecord } from '../../../src/controllers/volume/node/record';
import { ImportState, type Stack } from '../../../src/host/gen/host';
import { aDevice, aMember, anImport, aPartition, aStack, inArray, recordOf, volumeUID } from '../../support/objects';
import { ApiDouble } from '../controllers/api-double';
import { attached, healthy, inUse, owner } from './view';

/** node1, whose cache of these kinds stopped following before what `meanwhile` does. */
function node(given: { volume?: MeshStorVolume; stack?: Stack } = {}) {
  const api = new ApiDouble();
  api.seed(volumes, given.volume ?? attached());
  for (const partition of [aPartition(0, 'node1'), aPartition(1, 'node2')]) api.seed(partitions, partition);
  const eyes = {
    kube: api,
    host: { getStack: async () => given.stack ?? healthy() } as never,
    volumes: api.lister(volumes),
    partitions: api.lister(partitions, { [byVolumeUID]: ({ spec }) => spec.volumeUID }),
    record: new VolumeRecord(api, 'node1'),
    nodeName: 'node1',
    freezing: false,
  };
  return {
    api,
    edit: (change: (volume: MeshStorVolume) => void) => api.edit(volumes, 'pvc-1', change),
    look: (written?: MeshStorVolume) => observe({ ...eyes, written }, { name: 'pvc-1', uid: volumeUID }),
  };
}

const elsewhere = { nodeName: 'node2', epoch: 2, purpose: 'Attach' as const };

describe('the volume', () => {
  test('is the one in the cache while it confirms what is here', async () => {
    const { api, look } = node();
    expect((await look()).volume?.status?.owner).toEqual(owner);
    expect(api.calls).toEqual([]);
  });

  test('is not believed to be owned by somebody else on the word of the cache', async () => {
    const { api, edit, look } = node({ volume: attached({ ...inUse, owner: elsewhere }) });
    api.hold();
    edit(({ status }) => (status!.owner = { ...owner, epoch: 1 }));
    expect((await look()).volume?.status?.owner?.nodeName).toBe('node1');
  });

  test('is not believed to be gone on the word of the cache', async () => {
    const { api, look } = node();
    api.erase(volumes, 'pvc-1');
    api.hold();
    api.seed(volumes, attached());
    expect((await look()).volume?.metadata.uid).toBe(volumeUID);
  });

  test('is not believed to have another epoch than the stack on the word of the cache', async () => {
    const stack = healthy({ members: [aMember(0, { epoch: 3 }), aMember(1, { epoch: 3 })] });
    const { api, edit, look } = node({ stack });
    api.hold();
    edit(({ status }) => (status!.owner!.epoch = 3));
    expect((await look()).volume?.status?.owner?.epoch).toBe(3);
  });

  const fenced = [anImport(1, ImportState.FENCED)];
  test('is read anew when a provider fenced this node, once nobody is answered: there is a newer owner', async () => {
    const device = aDevice({ suspended: true });
    const { api, edit, look } = node({ stack: healthy({ imports: fenced, device }) });
    api.hold();
    edit(({ status }) => (status!.owner = elsewhere));
    expect((await look()).volume?.status?.owner).toEqual(elsewhere);
  });

  test('is not waited for while consumers are answered, who have to be held up first', async () => {
    const { api, look } = node({ stack: healthy({ imports: fenced }) });
    expect((await look()).volume?.status?.owner).toEqual(owner);
    expect(api.calls).toEqual([]);
  });

  test.each([ImportState.LIVE, ImportState.CONNECTING, ImportState.EMPTY])(
    'is not read anew for an import that is %s',
    async (state) => {
      const { api, look } = node({ stack: healthy({ imports: [anImport(1, state)] }) });
      await look();
      expect(api.calls).toEqual([]);
    },
  );

  test('costs no read on a node that has nothing of it', async () => {
    const { api, look } = node({ volume: attached({ ...inUse, owner: elsewhere }), stack: aStack() });
    expect((await look()).volume?.status?.owner).toEqual(elsewhere);
    expect(api.calls).toEqual([]);
  });

  test('that only has the name is another one', async () => {
    const { edit, look } = node({ stack: aStack() });
    edit(({ metadata }) => (metadata.uid = 'another'));
    expect((await look()).volume).toBeUndefined();
  });

  test('that this pass wrote is newer than the cache', async () => {
    const { api, look } = node();
    const written = attached({ ...inUse, inSync: [recordOf(0)] });
    expect((await look(written)).volume).toBe(written);
    expect(api.calls).toEqual([]);
  });

  test('cannot be told when etcd cannot be asked', async () => {
    const { api, look } = node({ volume: attached({ ...inUse, owner: elsewhere }) });
    api.before = () => {
      throw new Error('socket hang up');
    };
    await expect(look()).rejects.toThrow('socket hang up');
  });
});

describe('the partitions', () => {
  test('are those in the cache', async () => {
    const { look } = node();
    expect((await look()).partitions.map(({ metadata }) => metadata.name)).toEqual(['pvc-1-0', 'pvc-1-1']);
  });

  test('that are on record are not believed to be gone on the word of the cache', async () => {
    const { api, look } = node();
    api.erase(partitions, 'pvc-1-1');
    api.hold();
    api.seed(partitions, aPartition(1, 'node2'));
    expect((await look()).partitions).toHaveLength(2);
    expect(api.calls.map(({ path }) => path)).toEqual(['meshstorpartitions/pvc-1-1']);
  });

  test('that are on record and gone are gone', async () => {
    const { api, look } = node();
    api.erase(partitions, 'pvc-1-1');
    expect((await look()).partitions).toHaveLength(1);
  });

  test('of an earlier volume under the same name are not taken for those on record', async () => {
    const { api, look } = node();
    api.edit(partitions, 'pvc-1-1', ({ spec }) => (spec.volumeUID = 'earlier'));
    expect((await look()).partitions).toHaveLength(1);
  });

  test('that are not on record cost no read', async () => {
    const { api, look } = node({ volume: attached({ ...inUse, inSync: [recordOf(0)] }) });
    api.erase(partitions, 'pvc-1-1');
    await look();
    expect(api.calls).toEqual([]);
  });
});

test('a stack is empty only when nothing at all is left of it', () => {
  expect(isEmpty(aStack())).toBe(true);
  const parts: Parameters<typeof aStack>[0][] = [
    { imports: [anImport(1)] },
    { members: [aMember(0)] },
    { running: [inArray(0)] },
    { device: aDevice() },
    { mountPaths: ['/x'] },
  ];
  for (const part of parts) expect(isEmpty(aStack(part))).toBe(false);
});
