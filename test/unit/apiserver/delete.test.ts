import { kubeNodes } from '../../../src/api/resources';
import { drain, refusal, world } from './world';

const pod = (name: string, spec: object = {}) => ({
  metadata: { name },
  spec: { containers: [{ name: 'c', image: 'i' }], ...spec },
});

test('an object without finalizers goes at once, and the answer is a success', async () => {
  const { api } = world();
  const { metadata } = await api.create('configmaps/default/', { metadata: { name: 'c' } });
  expect(await api.handle('delete', 'configmaps/default/c')).toMatchObject({
    kind: 'answer',
    body: { status: 'Success', details: { name: 'c', kind: 'configmaps', uid: metadata.uid } },
  });
  expect(await refusal(api.get('configmaps/default/c'))).toMatchObject({ code: 404 });
});

test('finalizers keep a deleted object until the last one is gone', async () => {
  const { api, store } = world();
  await api.create('nodes', { metadata: { name: 'n', finalizers: ['a.b/c', 'd.e/f'] } });
  const stream = await api.watch('nodes', { resourceVersion: String(store.revision) });
  const marked = await api.object('delete', 'nodes//n');
  expect(marked.metadata).toMatchObject({ deletionTimestamp: '2026-01-01T00:00:00Z', deletionGracePeriodSeconds: 0 });
  await api.object('delete', 'nodes//n');
  await api.merge('nodes//n', { metadata: { finalizers: ['d.e/f'] } });
  await api.merge('nodes//n', { metadata: { finalizers: null } });
  expect(drain(stream)).toEqual(['MODIFIED n', 'MODIFIED n', 'DELETED n']);
});

test('a deletion counts as a generation, once', async () => {
  const { api } = world();
  const spec = { capacityBytes: 2 ** 30 };
  await api.create('meshstorvolumes.csi.meshstor.io', { metadata: { name: 'v', finalizers: ['a.b/c'] }, spec });
  await api.object('delete', 'meshstorvolumes.csi.meshstor.io//v');
  const again = await api.object('delete', 'meshstorvolumes.csi.meshstor.io//v');
  expect(again.metadata.generation).toBe(2);
});

test.each([
  ['uid', { uid: 'other' }, 'the UID in the precondition (other) does not match the UID in record'],
  ['resourceVersion', { resourceVersion: '1' }, 'the ResourceVersion in the precondition (1) does not match'],
])('a deletion can depend on the %s', async (_, preconditions, message) => {
  const { api } = world();
  await api.create('nodes', { metadata: { name: 'n' } });
  const error = await refusal(api.handle('delete', 'nodes//n', { options: { preconditions } }));
  expect(error).toMatchObject({ code: 409, reason: 'Conflict' });
  expect(error.message).toContain(message);
});

test('the client deletes only the object it means', async () => {
  const { client, api } = world();
  const { metadata } = await api.create('nodes', { metadata: { name: 'n' } });
  await expect(client.delete(kubeNodes, 'n', { uid: 'other' })).rejects.toMatchObject({ reason: 'Conflict' });
  await client.delete(kubeNodes, 'n', { uid: metadata.uid, resourceVersion: metadata.resourceVersion });
  expect(await client.get(kubeNodes, 'n')).toBeUndefined();
});

describe('a pod', () => {
  test('that runs somewhere is given its grace period', async () => {
    const { api } = world();
    await api.create('pods/default/', pod('p', { nodeName: 'n' }));
    const marked = await api.object('delete', 'pods/default/p');
    expect(marked.metadata).toMatchObject({
      deletionTimestamp: '2026-01-01T00:00:30Z',
      deletionGracePeriodSeconds: 30,
    });
    expect((await api.get('pods/default/p')).metadata.deletionTimestamp).toBeDefined();
  });

  test('goes when its kubelet says so', async () => {
    const { api } = world();
    await api.create('pods/default/', pod('p', { nodeName: 'n' }));
    await api.object('delete', 'pods/default/p');
    await api.handle('delete', 'pods/default/p', { options: { gracePeriodSeconds: 0 } });
    expect(await refusal(api.get('pods/default/p'))).toMatchObject({ code: 404 });
  });

  test('may be given less time later, but not more', async () => {
    const { api } = world();
    await api.create('pods/default/', pod('p', { nodeName: 'n' }));
    const grace = async (gracePeriodSeconds: number) => {
      const { metadata } = await api.object('delete', 'pods/default/p', { options: { gracePeriodSeconds } });
      return metadata.deletionGracePeriodSeconds;
    };
    expect([await grace(20), await grace(5), await grace(60)]).toEqual([20, 5, 5]);
  });

  test.each([
    ['that no node has', {}, undefined],
    ['that has ended', { nodeName: 'n' }, 'Succeeded'],
    ['that has failed', { nodeName: 'n' }, 'Failed'],
  ])('%s goes at once', async (_, spec, phase) => {
    const { api } = world();
    await api.create('pods/default/', pod('p', spec));
    if (phase) await api.merge('pods/default/p', { status: { phase } }, { subresource: 'status' });
    await api.handle('delete', 'pods/default/p');
    expect(await refusal(api.get('pods/default/p'))).toMatchObject({ code: 404 });
  });
});

test('a collection is deleted by selector, and the answer lists what it was', async () => {
  const { api } = world();
  for (const name of ['a', 'b', 'c']) {
    await api.create('nodes', { metadata: { name, labels: { keep: name === 'b' ? 'yes' : 'no' } } });
  }
  const result = await api.handle('deletecollection', 'nodes', { options: { labelSelector: 'keep=no' } });
  expect(result).toMatchObject({ kind: 'list', items: { length: 2 } });
  expect(await api.names('nodes')).toEqual(['b']);
});

test('the namespaces of the system stay', async () => {
  const { api } = world();
  const error = await refusal(api.handle('delete', 'namespaces//default'));
  expect(error).toMatchObject({
    code: 403,
    message: 'namespaces "default" is forbidden: this namespace may not be deleted',
  });
});
