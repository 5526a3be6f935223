import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { MeshStorVolume } from '../../../src/api/model';
import { volumes } from '../../../src/api/resources';
import { wantedVolume } from '../../../src/csi/controller/wanted';
import { VolumeStore } from '../../../src/csi/volumes';
import { createApiServer } from '../../../src/sim/apiserver';
import type { KubeClient } from '../../../src/runtime/kube/client';
import { WatchedApi } from '../../support/csi/watched-api';
import { create } from '../../support/csi/requests';

const options = { fieldManager: 'somebody-else' };

// The double must promise no more than the API server does, so both answer the same questions.
describe.each<[string, () => KubeClient]>([
  ["the tests' double", () => new WatchedApi()],
  [
    'the embedded API server',
    () => createApiServer({ definitions: [parse(readFileSync('crds/meshstorvolumes.yaml', 'utf8')) as object] }).client,
  ],
])('volumes in %s', (_, connect) => {
  function harness() {
    const kube = connect();
    return { kube, store: new VolumeStore(kube), wanted: wantedVolume(create()) };
  }

  const attach = (nodeName: string) => (seen: MeshStorVolume) =>
    seen.spec.nodeName === undefined ? { nodeName } : undefined;

  it('are created once, as they were wanted', async () => {
    const { store, wanted } = harness();
    const made = await store.create(wanted);
    expect(made).toMatchObject(wanted);
    expect(made!.metadata).toMatchObject({ generation: 1, uid: expect.any(String) as string });
    expect(await store.create(wanted)).toBeUndefined();
  });

  it('are undefined where there are none', async () => {
    const { store } = harness();
    expect(await store.read('pvc-1')).toBeUndefined();
    expect(await store.change('pvc-1', () => ({ nodeName: 'n1' }))).toBeUndefined();
  });

  it('get a new generation with each change of the spec, and can lose a field again', async () => {
    const { store, wanted } = harness();
    await store.create(wanted);
    const attached = await store.change('pvc-1', attach('n1'));
    expect([attached!.spec.nodeName, attached!.metadata.generation]).toEqual(['n1', 2]);
    const detached = await store.change('pvc-1', () => ({ nodeName: null }));
    expect([detached!.spec.nodeName, detached!.metadata.generation]).toEqual([undefined, 3]);
    expect(detached!.spec).toEqual(wanted.spec);
  });

  it('are not written when nothing is to be changed', async () => {
    const { store, wanted } = harness();
    const made = await store.create(wanted);
    expect(await store.change('pvc-1', () => undefined)).toEqual(made);
  });

  it('are decided upon anew when somebody else was faster', async () => {
    const { kube, store, wanted } = harness();
    await store.create(wanted);
    const seen: (string | undefined)[] = [];
    const original = kube.patch.bind(kube);
    jest.spyOn(kube, 'patch').mockImplementationOnce(async (...args) => {
      await original(volumes, 'pvc-1', { spec: { nodeName: 'n2' } }, options);
      return original(...args);
    });
    const after = await store.change('pvc-1', (volume) => {
      seen.push(volume.spec.nodeName);
      return attach('n1')(volume);
    });
    expect(seen).toEqual([undefined, 'n2']);
    expect(after!.spec.nodeName).toBe('n2');
  });

  it('are deleted only in the version that was seen', async () => {
    const { kube, store, wanted } = harness();
    const first = (await store.create(wanted))!;
    await kube.patch(volumes, 'pvc-1', { spec: { nodeName: 'n1' } }, options);
    expect(await store.delete(first)).toBe(false);
    expect((await store.read('pvc-1'))!.metadata.deletionTimestamp).toBeUndefined();
    expect(await store.delete((await store.read('pvc-1'))!)).toBe(true);
    expect((await store.read('pvc-1'))!.metadata.deletionTimestamp).toBeDefined();
  });

  it('stay until their finalizer is gone, and one of the same name is another', async () => {
    const { kube, store, wanted } = harness();
    const first = (await store.create(wanted))!;
    await store.delete(first);
    expect(await store.create(wanted)).toBeUndefined();
    await kube.patch(volumes, 'pvc-1', { metadata: { finalizers: null } }, options);
    expect(await store.read('pvc-1')).toBeUndefined();
    const second = (await store.create(wanted))!;
    expect(second.metadata.uid).not.toBe(first.metadata.uid);
    expect(await store.delete(first)).toBe(false);
  });
});

describe('the wanted volume', () => {
  it.each([
    [{}],
    [{ parameters: { numberOfCopies: '8', drivesPerCopy: '8', memberMissingTimeout: '604800', sectorSize: '4096' } }],
    [{ capacityRange: { requiredBytes: '0' } }],
    [{ capacityRange: { requiredBytes: `${2 ** 50 + 1}` } }],
    [{ name: 'Größe' }],
    [
      {
        accessibilityRequirements: {
          requisite: [{ segments: { 'topology.kubernetes.io/zone': 'z' } }],
          preferred: [{ segments: { 'topology.csi.meshstor.io/node': `${'n'.repeat(60)}.${'n'.repeat(60)}` } }],
        },
      },
    ],
  ])('of the request %j passes the schema as it is', async (changes) => {
    const definition = parse(readFileSync('crds/meshstorvolumes.yaml', 'utf8')) as object;
    const store = new VolumeStore(createApiServer({ definitions: [definition] }).client);
    const wanted = wantedVolume(create(changes));
    expect((await store.create(wanted))!).toMatchObject(wanted);
  });
});
