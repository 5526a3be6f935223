import { kubeNodes, leases, volumes } from '../../../src/api/resources';
import type { ApiError} from '../../../src/runtime/kube/client';
import { isAlreadyExists, isConflict } from '../../../src/runtime/kube/client';
import { world } from './world';

const by = { fieldManager: 'test' };
const GiB = 2 ** 30;

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

test('a name can be taken once', async () => {
  const { client } = world();
  await client.create(kubeNodes, { metadata: { name: 'n1' } }, by);
  const error = await client.create(kubeNodes, { metadata: { name: 'n1' } }, by).catch((e: unknown) => e);
  expect(isAlreadyExists(error)).toBe(true);
  expect((error as ApiError).message).toBe('nodes "n1" already exists');
});

test('a resourceVersion makes a write a compare-and-swap', async () => {
  const { client } = world();
  const created = await client.create(kubeNodes, { metadata: { name: 'n1' } }, by);
  await client.patch(kubeNodes, 'n1', { metadata: { labels: { a: '1' } } }, by);
  const error = await client.replace(kubeNodes, created, by).catch((e: unknown) => e);
  expect(isConflict(error)).toBe(true);
  expect((error as ApiError).message).toBe(
    'Operation cannot be fulfilled on nodes "n1": the object has been modified; please apply your changes to the latest version and try again',
  );
});

test('a write that changes nothing is not stored', async () => {
  const { client, store } = world();
  await client.apply(volumes, { metadata: { name: 'v' }, spec: { capacityBytes: GiB } }, by);
  const before = store.revision;
  await client.apply(volumes, { metadata: { name: 'v' }, spec: { capacityBytes: GiB } }, by);
  expect(store.revision).toBe(before);
});

test('a caller may change what it was given without changing what is stored', async () => {
  const { client } = world();
  const given = await client.create(kubeNodes, { metadata: { name: 'n1', labels: { a: '1' } } }, by);
  given.metadata.labels!.a = '2';
  expect((await client.get(kubeNodes, 'n1'))?.metadata.labels).toEqual({ a: '1' });
});

test('what is not there is undefined, and deleting it succeeds', async () => {
  const { client } = world();
  expect(await client.get(kubeNodes, 'n1')).toBeUndefined();
  await expect(client.delete(kubeNodes, 'n1')).resolves.toBeUndefined();
});

test('nothing is created in a namespace that does not exist', async () => {
  const { client } = world();
  const lease = { metadata: { name: 'l', namespace: 'nowhere' } };
  await expect(client.create(leases, lease, by)).rejects.toThrow('namespaces "nowhere" not found');
});
