import { kubeNodes, leases, volumes } from '../../../src/api/resources';
import { isAlreadyExists, isConflict } from '../../../src/runtime/kube/client';
import { GiB, refusal, world } from './world';

const by = { fieldManager: 'test' };

test('an object gets its identity when it is created', async () => {
  const { client } = world();
  const created = await client.create(kubeNodes, { metadata: { name: 'n1' } }, by);
  expect(created.metadata).toMatchObject({
    name: 'n1',
    uid: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
    resourceVersion: expect.stringMatching(/^\d+$/),
    creationTimestamp: '2026-01-01T00:00:00Z',
  });
});

test('two servers with the same randomness give the same uids', async () => {
  const uids = await Promise.all(
    [world(), world()].map(async ({ client }) => {
      const { metadata } = await client.create(kubeNodes, { metadata: { name: 'n1' } }, by);
      return metadata.uid;
    }),
  );
  expect(uids[0]).toBe(uids[1]);
});

test('a name can be taken once', async () => {
  const { client } = world();
  await client.create(kubeNodes, { metadata: { name: 'n1' } }, by);
  const error = await refusal(client.create(kubeNodes, { metadata: { name: 'n1' } }, by));
  expect(isAlreadyExists(error)).toBe(true);
  expect(error.message).toBe('nodes "n1" already exists');
});

test('a name that is still being deleted says so', async () => {
  const { client } = world();
  await client.create(kubeNodes, { metadata: { name: 'n1', finalizers: ['a.b/c'] } }, by);
  await client.delete(kubeNodes, 'n1');
  await expect(client.create(kubeNodes, { metadata: { name: 'n1' } }, by)).rejects.toThrow(
    'object is being deleted: nodes "n1" already exists',
  );
});

test('generateName gives a name of its own each time', async () => {
  const { api } = world();
  const names = await Promise.all([1, 2].map(() => api.create('nodes', { metadata: { generateName: 'n-' } })));
  const [first, second] = names.map(({ metadata }) => metadata.name);
  expect(first).toMatch(/^n-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  expect(first).not.toBe(second);
});

test('a resourceVersion makes a write a compare-and-swap', async () => {
  const { client } = world();
  const created = await client.create(kubeNodes, { metadata: { name: 'n1' } }, by);
  await client.patch(kubeNodes, 'n1', { metadata: { labels: { a: '1' } } }, by);
  for (const write of [
    () => client.replace(kubeNodes, created, by),
    () => client.patch(kubeNodes, 'n1', { metadata: { resourceVersion: created.metadata.resourceVersion } }, by),
    () => client.apply(kubeNodes, { metadata: { name: 'n1', resourceVersion: created.metadata.resourceVersion } }, by),
  ]) {
    const error = await refusal(write());
    expect(isConflict(error)).toBe(true);
    expect(error.message).toBe(
      'Operation cannot be fulfilled on nodes "n1": the object has been modified; please apply your changes to the latest version and try again',
    );
  }
});

test('every write takes the next version of one counter', async () => {
  const { client } = world();
  const node = await client.create(kubeNodes, { metadata: { name: 'n1' } }, by);
  const lease = { metadata: { name: 'l', namespace: 'default' } };
  const second = await client.create(leases, lease, by);
  expect(Number(second.metadata.resourceVersion)).toBe(Number(node.metadata.resourceVersion) + 1);
});

test('a write that changes nothing is not stored', async () => {
  const { client, store } = world();
  await client.apply(volumes, { metadata: { name: 'v' }, spec: { capacityBytes: GiB } }, by);
  const before = store.revision;
  await client.apply(volumes, { metadata: { name: 'v' }, spec: { capacityBytes: GiB } }, by);
  await client.patch(volumes, 'v', { spec: { capacityBytes: GiB } }, { fieldManager: 'other' });
  expect(store.revision).toBe(before);
});

test('a dry run answers as if, and stores nothing', async () => {
  const { client, store, api } = world();
  const before = store.revision;
  const created = await client.create(kubeNodes, { metadata: { name: 'n1' } }, { ...by, dryRun: true });
  expect(created.metadata.uid).toBeDefined();
  expect(await client.get(kubeNodes, 'n1')).toBeUndefined();
  await client.create(kubeNodes, { metadata: { name: 'n2' } }, by);
  await client.patch(kubeNodes, 'n2', { metadata: { labels: { a: '1' } } }, { ...by, dryRun: true });
  await api.handle('delete', 'nodes//n2', { options: { dryRun: true } });
  expect(await client.get(kubeNodes, 'n2')).toMatchObject({ metadata: { name: 'n2' } });
  expect(store.revision).toBe(before + 1);
});

test('a caller may change what it was given without changing what is stored', async () => {
  const { client } = world();
  const given = await client.create(kubeNodes, { metadata: { name: 'n1', labels: { a: '1' } } }, by);
  given.metadata.labels!.a = '2';
  expect((await client.get(kubeNodes, 'n1'))?.metadata.labels).toEqual({ a: '1' });
});

test('a caller may change what it sent afterwards', async () => {
  const { client } = world();
  const sent = { metadata: { name: 'n1', labels: { a: '1' } } };
  await client.create(kubeNodes, sent, by);
  sent.metadata.labels.a = '2';
  expect((await client.get(kubeNodes, 'n1'))?.metadata.labels).toEqual({ a: '1' });
});

test('what is not there is undefined, and deleting it succeeds', async () => {
  const { client } = world();
  expect(await client.get(kubeNodes, 'n1')).toBeUndefined();
  await expect(client.delete(kubeNodes, 'n1')).resolves.toBeUndefined();
});

test('a kind that is not served is an error, not an absence', async () => {
  const { client } = world({ definitions: [] });
  await expect(client.get(volumes, 'v')).rejects.toMatchObject({ code: 404 });
});

test('nothing is created in a namespace that does not exist', async () => {
  const { client } = world();
  const lease = { metadata: { name: 'l', namespace: 'nowhere' } };
  await expect(client.create(leases, lease, by)).rejects.toThrow('namespaces "nowhere" not found');
});

test('lists and watches of the client carry no managedFields, reads and writes do', async () => {
  const { client } = world();
  const created = await client.create(kubeNodes, { metadata: { name: 'n1', labels: { a: '1' } } }, by);
  expect(created.metadata.managedFields).toHaveLength(1);
  const { items } = await client.list(kubeNodes);
  expect(items[0]!.metadata).not.toHaveProperty('managedFields');
});

test('items of built-in kinds do not say what they are, items of custom kinds do', async () => {
  const { client } = world();
  await client.create(kubeNodes, { metadata: { name: 'n1' } }, by);
  await client.apply(volumes, { metadata: { name: 'v' }, spec: { capacityBytes: GiB } }, by);
  expect((await client.list(kubeNodes)).items[0]).not.toHaveProperty('kind');
  expect((await client.list(volumes)).items[0]).toHaveProperty('kind', 'MeshStorVolume');
});

test('a field that would be a prototype is refused', async () => {
  const { api } = world();
  const labels = JSON.parse('{"__proto__": {"polluted": "yes"}}') as object;
  await expect(async () => api.create('nodes', { metadata: { name: 'n', labels } })).rejects.toThrow('__proto__');
  expect({}).not.toHaveProperty('polluted');
});

describe('a PUT', () => {
  test('must name the object it is sent to', async () => {
    const { api } = world();
    await api.create('nodes', { metadata: { name: 'a' } });
    const error = await refusal(api.update('nodes//a', { metadata: { name: 'b' } }));
    expect(error).toMatchObject({
      code: 400,
      message: 'the name of the object (b) does not match the name on the URL (a)',
    });
  });

  test('of a custom resource must carry a resourceVersion', async () => {
    const { api } = world();
    await api.create('meshstorvolumes.csi.meshstor.io', { metadata: { name: 'v' }, spec: { capacityBytes: GiB } });
    const update = api.update('meshstorvolumes.csi.meshstor.io//v', { metadata: { name: 'v' }, spec: {} });
    expect(await refusal(update)).toMatchObject({ code: 422, reason: 'Invalid' });
  });

  test('with another uid is a conflict', async () => {
    const { api } = world();
    await api.create('nodes', { metadata: { name: 'a' } });
    const error = await refusal(api.update('nodes//a', { metadata: { name: 'a', uid: 'other' } }));
    expect(error.reason).toBe('Conflict');
  });

  test('cannot change what only the server writes', async () => {
    const { api } = world();
    const { metadata } = await api.create('nodes', { metadata: { name: 'a' } });
    const updated = await api.update('nodes//a', {
      metadata: {
        name: 'a',
        creationTimestamp: '2001-01-01T00:00:00Z',
        deletionTimestamp: '2001-01-01T00:00:00Z',
        labels: { l: '1' },
      },
    });
    expect(updated.metadata.creationTimestamp).toBe(metadata.creationTimestamp);
    expect(updated.metadata).not.toHaveProperty('deletionTimestamp');
    expect(updated.metadata.labels).toEqual({ l: '1' });
  });

  test.each([
    ['creates where the kind allows it', 'leases.coordination.k8s.io/default/l', undefined],
    ['creates nothing elsewhere', 'configmaps/default/c', 404],
  ])('%s', async (_, path, code) => {
    const { api } = world();
    const put = api.update(path, { metadata: { name: path.split('/')[2] } });
    if (code) expect(await refusal(put)).toMatchObject({ code });
    else expect((await put).metadata.uid).toBeDefined();
  });
});
