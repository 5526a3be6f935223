import { refusal, world, type World } from './world';

const claims = 'persistentvolumeclaims/default/';
const claim = (spec: object = {}) => ({
  metadata: { name: 'c' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
});
const grow = (storage: string) => ({ spec: { resources: { requests: { storage } } } });
const bound = { status: { phase: 'Bound', capacity: { storage: '1Gi' } } };

describe('a claim', () => {
  async function withClaim(allowVolumeExpansion = true): Promise<World> {
    const w = world();
    const body = { metadata: { name: 'std' }, provisioner: 'p', allowVolumeExpansion };
    await w.api.create('storageclasses.storage.k8s.io', body);
    await w.api.create(claims, claim({ storageClassName: 'std' }));
    return w;
  }

  test('gets the default class, the newest of several', async () => {
    const { api, clock } = world();
    const isDefault = { 'storageclass.kubernetes.io/is-default-class': 'true' };
    for (const name of ['older', 'newer']) {
      await api.create('storageclasses.storage.k8s.io', {
        metadata: { name, annotations: isDefault },
        provisioner: 'p',
      });
      await clock.advance(1_000);
    }
    expect((await api.create(claims, claim())).spec).toMatchObject({ storageClassName: 'newer' });
  });

  test('that wants no class gets none', async () => {
    const { api } = world();
    expect((await api.create(claims, claim({ storageClassName: '' }))).spec).toMatchObject({ storageClassName: '' });
  });

  test('grows once it is bound, where its class allows it', async () => {
    const { api } = await withClaim();
    expect(await refusal(api.merge(`${claims}c`, grow('2Gi')))).toMatchObject({ code: 422 });
    await api.merge(`${claims}c`, bound, { subresource: 'status' });
    expect(await api.merge(`${claims}c`, grow('2Gi'))).toMatchObject(grow('2Gi'));
  });

  test('does not grow where its class does not allow it', async () => {
    const { api } = await withClaim(false);
    await api.merge(`${claims}c`, bound, { subresource: 'status' });
    const error = await refusal(api.merge(`${claims}c`, grow('2Gi')));
    expect(error).toMatchObject({ code: 403 });
    expect(error.message).toContain('the storageclass that provisions the pvc must support resize');
  });

  test('does not shrink below what it was given', async () => {
    const { api } = await withClaim();
    await api.merge(`${claims}c`, bound, { subresource: 'status' });
    const error = await refusal(api.merge(`${claims}c`, grow('512Mi')));
    expect(error.message).toContain('field can not be less than status.capacity');
  });

  test('is otherwise fixed, except for being bound', async () => {
    const { api } = await withClaim();
    await api.merge(`${claims}c`, { spec: { volumeName: 'v' } });
    for (const spec of [{ volumeName: 'w' }, { storageClassName: 'x' }, { volumeMode: 'Block' }]) {
      expect((await refusal(api.merge(`${claims}c`, { spec }))).message).toContain('spec is immutable after creation');
    }
  });

  test('is protected where that was asked for', async () => {
    const { api } = world({ protectStorage: true });
    expect((await api.create(claims, claim())).metadata.finalizers).toEqual(['kubernetes.io/pvc-protection']);
  });
});
