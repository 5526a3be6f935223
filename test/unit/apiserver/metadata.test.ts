import { refusal, world } from './world';

const causes = async (metadata: object, path = 'configmaps/default/'): Promise<string[]> => {
  const { api } = world();
  const error = await refusal(api.create(path, { metadata }));
  expect(error.code).toBe(422);
  return error.details!.causes!.map(({ field, message }) => `${field}: ${message}`);
};

test.each([
  ['no name', {}, 'metadata.name: Required value: name or generateName is required'],
  ['capital letters', { name: 'Abc' }, 'metadata.name: Invalid value: "Abc": a lowercase RFC 1123 subdomain'],
  ['254 letters', { name: 'a'.repeat(254) }, 'must be no more than 253 characters'],
  [
    'a label key with a space',
    { name: 'a', labels: { 'a b': '' } },
    'metadata.labels: Invalid value: "a b": name part',
  ],
  ['two slashes', { name: 'a', labels: { 'a/b/c': '' } }, 'a qualified name must consist of'],
  ['an empty prefix', { name: 'a', labels: { '/c': '' } }, 'prefix part must be non-empty'],
  ['an empty label key', { name: 'a', labels: { 'a.b/': '' } }, 'name part must be non-empty'],
  ['a long label key', { name: 'a', labels: { ['k'.repeat(64)]: '' } }, 'name part must be no more than 63 characters'],
  ['a label value with a space', { name: 'a', labels: { a: 'b c' } }, 'a valid label must be an empty string or'],
  ['a long label value', { name: 'a', labels: { a: 'v'.repeat(64) } }, 'must be no more than 63 characters'],
  ['an annotation key with a space', { name: 'a', annotations: { 'a b': '' } }, 'metadata.annotations: Invalid'],
  [
    'too much annotation',
    { name: 'a', annotations: { a: 'x'.repeat(262_145) } },
    'Too long: may not be more than 262144',
  ],
  ['a plain finalizer', { name: 'a', finalizers: ['mine'] }, 'name is neither a standard finalizer name nor'],
  [
    'an owner without uid',
    { name: 'a', ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'n', uid: '' }] },
    'uid must not be empty',
  ],
  [
    'two controllers',
    {
      name: 'a',
      ownerReferences: ['1', '2'].map((uid) => ({ apiVersion: 'v1', kind: 'Node', name: uid, uid, controller: true })),
    },
    'Only one reference can have Controller set to true. Found "true" in references for Node/1 and Node/2',
  ],
])('metadata with %s is refused', async (_, metadata, message) => {
  expect((await causes(metadata)).join('\n')).toContain(message);
});

test('RBAC names only have to fit into a path', async () => {
  const { api } = world();
  await expect(
    api.create('clusterroles.rbac.authorization.k8s.io', { metadata: { name: 'system:node' } }),
  ).resolves.toBeDefined();
  const bad = api.create('clusterroles.rbac.authorization.k8s.io', { metadata: { name: 'a/b' } });
  expect((await refusal(bad)).message).toContain("may not contain '/'");
});

test('what is empty is left out', async () => {
  const { api } = world();
  const created = await api.create('nodes', {
    metadata: { name: 'n', labels: {}, annotations: null, finalizers: [], selfLink: '/x', generateName: '' },
  });
  expect(Object.keys(created.metadata).sort()).toEqual(['creationTimestamp', 'name', 'resourceVersion', 'uid']);
});

test('metadata of a wrong type is not even decoded', async () => {
  const { api } = world();
  const error = await refusal(api.create('nodes', { metadata: { name: 'n', labels: { a: 1 } } }));
  expect(error.code).toBe(400);
});

test('a namespaced object cannot be sent to another namespace', async () => {
  const { api } = world();
  const create = api.create('configmaps/default/', { metadata: { name: 'c', namespace: 'kube-system' } });
  expect((await refusal(create)).message).toBe(
    'the namespace of the provided object does not match the namespace sent on the request',
  );
});

test('an object that is being deleted takes no new finalizers but loses old ones', async () => {
  const { api } = world();
  await api.create('nodes', { metadata: { name: 'n', finalizers: ['a.b/c', 'd.e/f'] } });
  await api.handle('delete', 'nodes//n');
  const error = await refusal(api.merge('nodes//n', { metadata: { finalizers: ['a.b/c', 'd.e/f', 'g.h/i'] } }));
  expect(error.message).toContain(
    'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"g.h/i"}',
  );
  await api.merge('nodes//n', { metadata: { finalizers: ['d.e/f'] } });
  expect((await api.get('nodes//n')).metadata.finalizers).toEqual(['d.e/f']);
});
