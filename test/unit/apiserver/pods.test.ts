import { refusal, world, type World } from './world';

describe('a pod', () => {
  const pod = (name: string, labels = { app: 'x' }) => ({
    metadata: { name, labels },
    spec: { containers: [{ name: 'c', image: 'i' }] },
  });

  test('is bound to a node once', async () => {
    const { api } = world();
    await api.create('pods/default/', pod('p'));
    const bind = (name: string) =>
      api.handle('create', 'pods/default/p', { subresource: 'binding', body: { target: { name } } });
    await bind('n1');
    expect(await api.get('pods/default/p')).toMatchObject({
      spec: { nodeName: 'n1' },
      status: { conditions: [{ type: 'PodScheduled' }] },
    });
    expect(await refusal(bind('n2'))).toMatchObject({ code: 409 });
  });

  test('keeps its spec but for images and the like', async () => {
    const { api } = world();
    await api.create('pods/default/', pod('p'));
    const image = { spec: { containers: [{ name: 'c', image: 'j' }] } };
    await api.object('patch', 'pods/default/p', { patchType: 'strategic', body: image });
    const error = await refusal(api.merge('pods/default/p', { spec: { hostname: 'h' } }));
    expect(error.message).toContain('pod updates may not change fields other than');
  });

  test('gets the priority of its class, which must exist', async () => {
    const { api } = world();
    const body = { ...pod('p'), spec: { ...pod('p').spec, priorityClassName: 'system-node-critical' } };
    expect((await api.create('pods/default/', body)).spec).toMatchObject({ priority: 2_000_001_000 });
    const missing = { ...pod('q'), spec: { ...pod('q').spec, priorityClassName: 'none' } };
    expect((await refusal(api.create('pods/default/', missing))).message).toContain(
      'no PriorityClass with name none was found',
    );
  });

  describe('that is evicted', () => {
    const evict = ({ api }: World, name: string) =>
      api.handle('create', `pods/default/${name}`, { subresource: 'eviction', body: { metadata: { name } } });
    async function running(disruptionsAllowed: number, observedGeneration = 1): Promise<World> {
      const w = world();
      for (const name of ['a', 'b']) {
        await w.api.create('pods/default/', pod(name));
        await w.api.merge(`pods/default/${name}`, { status: { phase: 'Running' } }, { subresource: 'status' });
      }
      const selector = { matchLabels: { app: 'x' } };
      await w.api.create('poddisruptionbudgets.policy/default/', {
        metadata: { name: 'pdb' },
        spec: { minAvailable: 1, selector },
      });
      const status = { disruptionsAllowed, observedGeneration, desiredHealthy: 1, currentHealthy: 2, expectedPods: 2 };
      await w.api.merge('poddisruptionbudgets.policy/default/pdb', { status }, { subresource: 'status' });
      return w;
    }

    test('goes while the budget lasts', async () => {
      const w = await running(1);
      await evict(w, 'a');
      const error = await refusal(evict(w, 'b'));
      expect(error).toMatchObject({ code: 429, reason: 'TooManyRequests' });
      expect(error.details?.causes?.[0]?.message).toBe(
        'The disruption budget pdb needs 1 healthy pods and has 2 currently',
      );
      expect(await w.api.names('pods/default/')).toEqual(['b']);
    });

    test('waits for a budget that is not worked out yet', async () => {
      const error = await refusal(evict(await running(1, 0), 'a'));
      expect(error.details?.retryAfterSeconds).toBe(10);
    });

    test('goes without budget when it has ended', async () => {
      const w = await running(0);
      await w.api.merge('pods/default/a', { status: { phase: 'Failed' } }, { subresource: 'status' });
      await evict(w, 'a');
      expect(await w.api.names('pods/default/')).toEqual(['b']);
    });
  });
});

test('no two containers or volumes of a pod have the same name', async () => {
  const { api } = world();
  const twice = (list: object[]) => [...list, ...list];
  const containers = [{ name: 'c', image: 'i' }];
  for (const spec of [
    { containers: twice(containers) },
    { containers, volumes: twice([{ name: 'v', emptyDir: {} }]) },
  ]) {
    const error = await refusal(api.create('pods/default/', { metadata: { name: 'p' }, spec }));
    expect(error.message).toContain('Duplicate value');
  }
});

test('a status is taken as it comes', async () => {
  const { api } = world();
  await api.create('nodes', { metadata: { name: 'n' } });
  const addresses = ['10.0.0.1', 'fd00::1'].map((address) => ({ type: 'InternalIP', address }));
  const status = { addresses, conditions: [{ type: 'Ready' }] };
  expect(await api.merge('nodes//n', { status }, { subresource: 'status' })).toMatchObject({ status });
});
