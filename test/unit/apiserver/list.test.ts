import { kubeNodes } from '../../../src/api/resources';
import { refusal, world, type World } from './world';

async function nodes(count: number, w: World = world()): Promise<World> {
  for (let i = 0; i < count; i++) {
    await w.api.create('nodes', { metadata: { name: `n${i}`, labels: { parity: i % 2 ? 'odd' : 'even' } } });
  }
  return w;
}

test('a list is in the order of the names', async () => {
  const { api } = world();
  for (const name of ['b', 'c', 'a']) await api.create('nodes', { metadata: { name } });
  expect(await api.names('nodes')).toEqual(['a', 'b', 'c']);
});

test('a list of one namespace leaves the others out', async () => {
  const { api } = world();
  for (const namespace of ['default', 'kube-public', 'kube-system']) {
    await api.create(`configmaps/${namespace}/`, { metadata: { name: `in-${namespace}` } });
  }
  expect(await api.names('configmaps/kube-public/')).toEqual(['in-kube-public']);
  expect(await api.names('configmaps//')).toEqual(['in-default', 'in-kube-public', 'in-kube-system']);
});

describe('pages', () => {
  test('hold what was asked for, and tell how much is left', async () => {
    const { api } = await nodes(5);
    const first = await api.list('nodes', { limit: 2 });
    expect(first.items.map(({ object }) => object.metadata.name)).toEqual(['n0', 'n1']);
    expect(first.remaining).toBe(3);
    const second = await api.list('nodes', { limit: 2, continue: first.continue });
    expect(second.items.map(({ object }) => object.metadata.name)).toEqual(['n2', 'n3']);
    const third = await api.list('nodes', { limit: 2, continue: second.continue });
    expect(third.items.map(({ object }) => object.metadata.name)).toEqual(['n4']);
    expect(third.continue).toBeUndefined();
  });

  test('all show the state of the first one', async () => {
    const { api } = await nodes(4);
    const first = await api.list('nodes', { limit: 2 });
    await api.handle('delete', 'nodes//n2');
    await api.create('nodes', { metadata: { name: 'n22' } });
    await api.merge('nodes//n3', { metadata: { labels: { new: 'yes' } } });
    const second = await api.list('nodes', { limit: 9, continue: first.continue });
    expect(second.items.map(({ object }) => object.metadata.name)).toEqual(['n2', 'n3']);
    expect(second.items[1]!.object.metadata.labels).not.toHaveProperty('new');
    expect(second.revision).toBe(first.revision);
  });

  test('of a compacted state are gone, with a token to go on inconsistently', async () => {
    const { api, hooks } = await nodes(4);
    const first = await api.list('nodes', { limit: 2 });
    await api.create('nodes', { metadata: { name: 'n22' } });
    hooks.compact();
    const error = await refusal(api.list('nodes', { limit: 9, continue: first.continue }));
    expect(error).toMatchObject({ code: 410, reason: 'Expired' });
    expect(await api.names('nodes', { continue: error.listContinue })).toEqual(['n2', 'n22', 'n3']);
  });

  test('with a selector do not tell how much is left', async () => {
    const { api } = await nodes(6);
    const first = await api.list('nodes', { limit: 1, labelSelector: 'parity=odd' });
    expect(first.remaining).toBeUndefined();
    expect(await api.names('nodes', { labelSelector: 'parity=odd', continue: first.continue })).toEqual(['n3', 'n5']);
  });

  test('are not cut for who accepts any version', async () => {
    const { api } = await nodes(3);
    expect(await api.names('nodes', { limit: 1, resourceVersion: '0' })).toHaveLength(3);
  });

  test.each([['nonsense'], [Buffer.from('{"v":"meta.k8s.io/v1"}').toString('base64url')]])(
    'need a token that this server made, not %s',
    async (token) => {
      const { api } = await nodes(1);
      expect(await refusal(api.list('nodes', { continue: token }))).toMatchObject({ code: 400 });
    },
  );

  test('come through the client as well', async () => {
    const { client } = await nodes(3);
    const first = await client.list(kubeNodes, { limit: 2 });
    const second = await client.list(kubeNodes, { limit: 2, continue: first.continue });
    expect([...first.items, ...second.items].map(({ metadata }) => metadata.name)).toEqual(['n0', 'n1', 'n2']);
    expect(second).not.toHaveProperty('continue');
  });
});

test('a list can be of exactly one older version', async () => {
  const { api, store } = await nodes(2);
  const then = store.revision;
  await api.handle('delete', 'nodes//n0');
  const exact = { resourceVersion: String(then), resourceVersionMatch: 'Exact' };
  expect(await api.names('nodes', exact)).toEqual(['n0', 'n1']);
});

test('a version that does not exist yet is too large', async () => {
  const { api, store } = world();
  const error = await refusal(api.list('nodes', { resourceVersion: String(store.revision + 1) }));
  expect(error).toMatchObject({ code: 504, reason: 'Timeout' });
  expect(error.message).toContain('Too large resource version');
});

describe('label selectors', () => {
  const labelled: Record<string, Record<string, string>> = {
    web1: { app: 'web', 'a.b/tier': '1' },
    web2: { app: 'web', size: '10' },
    db: { app: 'db', size: '2' },
    bare: {},
  };

  test.each<[string, string[]]>([
    ['app=web', ['web1', 'web2']],
    ['app==web', ['web1', 'web2']],
    ['app!=web', ['bare', 'db']],
    ['app', ['db', 'web1', 'web2']],
    ['!app', ['bare']],
    ['app in (web,db)', ['db', 'web1', 'web2']],
    ['app in ( db )', ['db']],
    ['app notin (web)', ['bare', 'db']],
    ['a.b/tier=1', ['web1']],
    ['app=web,size', ['web2']],
    ['app=web, !size', ['web1']],
    ['size>5', ['web2']],
    ['size<5', ['db']],
    ['app=', []],
    ['', ['bare', 'db', 'web1', 'web2']],
  ])('%s', async (labelSelector, expected) => {
    const { api } = world();
    for (const [name, labels] of Object.entries(labelled)) await api.create('nodes', { metadata: { name, labels } });
    expect(await api.names('nodes', { labelSelector })).toEqual(expected);
  });

  test.each([['a in (b'], [',a=b'], ['a in b'], ['a>x'], ['=b'], ['a=b c']])('refuse %s', async (labelSelector) => {
    const { api } = world();
    expect(await refusal(api.list('nodes', { labelSelector }))).toMatchObject({ code: 400, reason: 'BadRequest' });
  });
});

describe('field selectors', () => {
  test('select by name and namespace everywhere', async () => {
    const { api } = world();
    for (const namespace of ['default', 'kube-system']) {
      for (const name of ['a', 'b']) await api.create(`configmaps/${namespace}/`, { metadata: { name } });
    }
    expect(await api.names('configmaps//', { fieldSelector: 'metadata.name=a' })).toEqual(['a', 'a']);
    expect(await api.names('configmaps//', { fieldSelector: 'metadata.name!=a,metadata.namespace=default' })).toEqual([
      'b',
    ]);
  });

  test('select pods by node and phase', async () => {
    const { api } = world();
    const spec = (nodeName?: string) => ({
      containers: [{ name: 'c', image: 'i' }],
      ...(nodeName ? { nodeName } : {}),
    });
    await api.create('pods/default/', { metadata: { name: 'a' }, spec: spec('n1') });
    await api.create('pods/default/', { metadata: { name: 'b' }, spec: spec() });
    expect(await api.names('pods//', { fieldSelector: 'spec.nodeName=n1,status.phase!=Failed' })).toEqual(['a']);
    expect(await api.names('pods//', { fieldSelector: 'spec.nodeName=' })).toEqual(['b']);
  });

  test('take a backslash literally', async () => {
    const { api } = world();
    const event = (name: string, reason: string) => ({ metadata: { name }, involvedObject: {}, reason });
    await api.create('events/default/', event('a', 'x,y'));
    expect(await api.names('events//', { fieldSelector: 'reason=x\\,y' })).toEqual(['a']);
  });

  test.each([
    ['configmaps//', '"spec.x" is not a known field selector: only "metadata.name", "metadata.namespace"'],
    ['pods//', 'field label not supported: spec.x'],
    ['meshstorvolumes.csi.meshstor.io', 'field label not supported: spec.x'],
  ])('refuse what %s cannot be selected by', async (path, message) => {
    const { api } = world();
    expect(await refusal(api.list(path, { fieldSelector: 'spec.x=1' }))).toMatchObject({ code: 400, message });
  });

  test('refuse what is no comparison', async () => {
    const { api } = world();
    expect(await refusal(api.list('nodes', { fieldSelector: 'metadata.name' }))).toMatchObject({ code: 400 });
  });
});
