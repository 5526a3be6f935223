import { refusal, world, type World } from './world';

interface Ref {
  uid: string;
  name: string;
  block?: boolean;
}

const owners = (...refs: Ref[]) =>
  refs.map(({ uid, name, block }) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name,
    uid,
    ...(block ? { blockOwnerDeletion: true } : {}),
  }));

async function make({ api }: World, name: string, ...refs: Ref[]): Promise<Ref> {
  const ownerReferences = owners(...refs);
  const metadata = { name, ...(ownerReferences.length > 0 ? { ownerReferences } : {}) };
  const { metadata: made } = await api.create('configmaps/default/', { metadata });
  return { name, uid: made.uid! };
}

const names = ({ api }: World) => api.names('configmaps/default/');
const work = ({ clock }: World) => clock.advance(1);

test('what has lost its owner goes, and what it owned in turn', async () => {
  const w = world();
  const owner = await make(w, 'owner');
  const child = await make(w, 'child', owner);
  await make(w, 'grandchild', child);
  await make(w, 'other');
  await w.api.handle('delete', 'configmaps/default/owner');
  expect(await names(w)).toContain('child');
  await work(w);
  expect(await names(w)).toEqual(['other']);
});

test('what has another owner stays, without the reference that points nowhere', async () => {
  const w = world();
  const [one, two] = [await make(w, 'one'), await make(w, 'two')];
  await make(w, 'child', one, two);
  await w.api.handle('delete', 'configmaps/default/one');
  await work(w);
  const child = await w.api.get('configmaps/default/child');
  expect(child.metadata.ownerReferences).toEqual(owners(two));
});

test('what is created for an owner that never was goes', async () => {
  const w = world();
  await make(w, 'child', { name: 'gone', uid: 'gone' });
  await work(w);
  expect(await names(w)).toEqual([]);
});

test('an owner of the same name but another uid is another owner', async () => {
  const w = world();
  const owner = await make(w, 'owner');
  await make(w, 'child', owner);
  await w.api.handle('delete', 'configmaps/default/owner');
  await make(w, 'owner');
  await work(w);
  expect(await names(w)).toEqual(['owner']);
});

test('orphaning lets go of the dependents', async () => {
  const w = world();
  await make(w, 'child', await make(w, 'owner'));
  await w.api.handle('delete', 'configmaps/default/owner', { options: { propagationPolicy: 'Orphan' } });
  await work(w);
  expect(await names(w)).toEqual(['child']);
  expect((await w.api.get('configmaps/default/child')).metadata).not.toHaveProperty('ownerReferences');
});

test('an owner deleted in the foreground waits for the dependents that block it', async () => {
  const w = world();
  const owner = await make(w, 'owner');
  await make(w, 'child', { ...owner, block: true });
  await w.api.merge('configmaps/default/child', { metadata: { finalizers: ['a.b/c'] } });
  await w.api.handle('delete', 'configmaps/default/owner', { options: { propagationPolicy: 'Foreground' } });
  await work(w);
  expect(await names(w)).toEqual(['child', 'owner']);
  expect((await w.api.get('configmaps/default/child')).metadata.deletionTimestamp).toBeDefined();
  await w.api.merge('configmaps/default/child', { metadata: { finalizers: null } });
  await work(w);
  expect(await names(w)).toEqual([]);
});

test('switched off, nothing is collected', async () => {
  const w = world({ background: false });
  await make(w, 'child', await make(w, 'owner'));
  await w.api.handle('delete', 'configmaps/default/owner');
  await w.clock.advance(60_000);
  expect(await names(w)).toEqual(['child']);
});

test('can be made to lag', async () => {
  const w = world({ background: 5_000 });
  await make(w, 'child', await make(w, 'owner'));
  await w.api.handle('delete', 'configmaps/default/owner');
  await w.clock.advance(4_999);
  expect(await names(w)).toEqual(['child']);
  await w.clock.advance(1);
  expect(await names(w)).toEqual([]);
});

describe('a namespace', () => {
  test('goes with everything in it', async () => {
    const w = world();
    await w.api.create('namespaces', { metadata: { name: 'x' } });
    await w.api.create('configmaps/x/', { metadata: { name: 'c' } });
    const marked = await w.api.object('delete', 'namespaces//x');
    expect(marked.status).toEqual({ phase: 'Terminating' });
    await work(w);
    expect(await refusal(w.api.get('namespaces//x'))).toMatchObject({ code: 404 });
    expect(await w.api.names('configmaps//')).toEqual([]);
  });

  test('waits for what has finalizers', async () => {
    const w = world();
    await w.api.create('namespaces', { metadata: { name: 'x' } });
    await w.api.create('configmaps/x/', { metadata: { name: 'c', finalizers: ['a.b/c'] } });
    await w.api.handle('delete', 'namespaces//x');
    await work(w);
    expect(await w.api.get('namespaces//x')).toMatchObject({ status: { phase: 'Terminating' } });
    await w.api.merge('configmaps/x/c', { metadata: { finalizers: null } });
    await work(w);
    expect(await refusal(w.api.get('namespaces//x'))).toMatchObject({ code: 404 });
  });

  test('takes nothing new while it goes', async () => {
    const w = world({ background: false });
    await w.api.create('namespaces', { metadata: { name: 'x' } });
    await w.api.handle('delete', 'namespaces//x');
    const error = await refusal(w.api.create('configmaps/x/', { metadata: { name: 'c' } }));
    expect(error).toMatchObject({ code: 403, reason: 'Forbidden' });
    expect(error.message).toContain('because it is being terminated');
  });

  test('can be let go through its finalize endpoint', async () => {
    const w = world({ background: false });
    await w.api.create('namespaces', { metadata: { name: 'x' } });
    await w.api.handle('delete', 'namespaces//x');
    await w.api.handle('update', 'namespaces//x', {
      subresource: 'finalize',
      body: { metadata: { name: 'x' }, spec: {} },
    });
    expect(await refusal(w.api.get('namespaces//x'))).toMatchObject({ code: 404 });
  });
});

describe('a custom resource definition', () => {
  const definition = 'customresourcedefinitions.apiextensions.k8s.io//meshstorvolumes.csi.meshstor.io';
  const volumes = 'meshstorvolumes.csi.meshstor.io';
  const volume = { metadata: { name: 'v' }, spec: { capacityBytes: 2 ** 30 } };

  test('goes with its objects, and its kind is no longer served', async () => {
    const w = world();
    await w.api.create(volumes, volume);
    await w.api.handle('delete', definition);
    await work(w);
    expect(await refusal(w.api.get(definition))).toMatchObject({ code: 404 });
    expect(w.core.registry.find('csi.meshstor.io', 'meshstorvolumes')).toBeUndefined();
    expect(w.store.table(volumes).size).toBe(0);
  });

  test('waits for objects with finalizers, takes no new ones, and says so', async () => {
    const w = world();
    await w.api.create(volumes, { ...volume, metadata: { name: 'v', finalizers: ['a.b/c'] } });
    await w.api.handle('delete', definition);
    await work(w);
    const { status } = await w.api.get(definition);
    expect((status as { conditions: unknown[] }).conditions).toContainEqual(
      expect.objectContaining({ type: 'Terminating', status: 'True', reason: 'InstanceDeletionInProgress' }),
    );
    const error = await refusal(w.api.create(volumes, { ...volume, metadata: { name: 'w' } }));
    expect(error.code).toBe(405);
    await w.api.merge(`${volumes}//v`, { metadata: { finalizers: null } });
    await work(w);
    expect(await refusal(w.api.get(definition))).toMatchObject({ code: 404 });
  });

  test('ends the watches of its kind', async () => {
    const w = world();
    const stream = await w.api.watch(volumes);
    await w.api.handle('delete', definition);
    await work(w);
    expect(stream.ended).toBe(true);
  });
});
