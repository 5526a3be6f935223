import { kubeNodes } from '../../../src/api/resources';
import { ConnectionReset, failNth } from '../../../src/sim/apiserver/index';
import { drain, GiB, refusal, world } from './world';

const by = { fieldManager: 'test' };
const node = (name: string) => ({ metadata: { name } });

describe('a fault', () => {
  test.each([
    ['before', 'none', false],
    ['after', 'done', true],
  ] as const)('can strike %s the request has its effect', async (_, effect, stored) => {
    const { client, hooks, api } = world();
    hooks.faults = () => ({ kind: 'status', code: 503, reason: 'ServiceUnavailable', message: 'busy', effect });
    expect(await refusal(client.create(kubeNodes, node('n'), by))).toMatchObject({ code: 503, message: 'busy' });
    hooks.faults = undefined;
    expect((await api.names('nodes')).includes('n')).toBe(stored);
  });

  test.each(['none', 'done'] as const)(
    'can break the connection (effect %s), which is no answer of the server',
    async (effect) => {
      const { client, hooks, api } = world();
      hooks.faults = failNth(1, { kind: 'reset', effect });
      const error = await refusal(client.create(kubeNodes, node('n'), by));
      expect(error).toBeInstanceOf(ConnectionReset);
      expect(error).toMatchObject({ code: 'ECONNRESET' });
      expect((await api.names('nodes')).includes('n')).toBe(effect === 'done');
    },
  );

  test('can strike the n-th request of one client, and no other', async () => {
    const { clientFor, hooks } = world();
    const fault = { kind: 'reset', effect: 'none' } as const;
    hooks.faults = failNth(2, fault, ({ client, verb }) => client === 'node-a' && verb === 'create');
    const [a, b] = [clientFor('node-a'), clientFor('node-b')];
    await a.create(kubeNodes, node('1'), by);
    await b.create(kubeNodes, node('2'), by);
    await a.get(kubeNodes, '1');
    await expect(a.create(kubeNodes, node('3'), by)).rejects.toBeInstanceOf(ConnectionReset);
    await expect(a.create(kubeNodes, node('4'), by)).resolves.toBeDefined();
  });

  test('sees what is asked', async () => {
    const { hooks, clientFor } = world();
    const seen: object[] = [];
    hooks.faults = (request) => {
      seen.push(request);
      return undefined;
    };
    await clientFor('c').create(kubeNodes, node('n'), by);
    await clientFor('c').apply(kubeNodes, node('n'), { fieldManager: 'm', subresource: 'status' });
    expect(seen).toEqual([
      expect.objectContaining({ ordinal: 1, client: 'c', verb: 'create', resource: 'nodes', fieldManager: 'test' }),
      expect.objectContaining({ ordinal: 2, verb: 'patch', patchType: 'apply', subresource: 'status', name: 'n' }),
    ]);
  });

  test('can answer a read from an older state', async () => {
    const { client, hooks, store } = world();
    const then = store.revision;
    await client.create(kubeNodes, node('n'), by);
    hooks.faults = () => ({ kind: 'stale', revision: then });
    expect(await client.get(kubeNodes, 'n')).toBeUndefined();
    const page = await client.list(kubeNodes);
    expect(page).toMatchObject({ items: [], resourceVersion: String(then) });
  });

  test('that would read what is forgotten reads the oldest state there is', async () => {
    const { client, hooks } = world();
    await client.create(kubeNodes, node('a'), by);
    hooks.compact();
    await client.create(kubeNodes, node('b'), by);
    hooks.faults = () => ({ kind: 'stale', revision: 1 });
    const { items } = await client.list(kubeNodes);
    expect(items.map(({ metadata }) => metadata.name)).toEqual(['a']);
  });
});

describe('latency', () => {
  test('delays the effect, or the answer', async () => {
    const { client, hooks, clock, store } = world();
    hooks.latency = () => ({ before: 10, after: 20 });
    const before = store.revision;
    let answered = false;
    const create = client.create(kubeNodes, node('n'), by).then(() => (answered = true));
    await clock.advance(9);
    expect(store.revision).toBe(before);
    await clock.advance(1);
    expect([store.revision, answered]).toEqual([before + 1, false]);
    await clock.advance(20);
    await create;
    expect(answered).toBe(true);
  });

  test('given as a number is before the effect', async () => {
    const { client, hooks, clock } = world();
    hooks.latency = ({ verb }) => (verb === 'get' ? 5 : 0);
    const get = client.get(kubeNodes, 'n');
    await clock.advance(5);
    await expect(get).resolves.toBeUndefined();
  });
});

describe('watches', () => {
  test('can be broken, which the client sees as a broken connection', async () => {
    const { client, hooks, store, clock } = world();
    const watch = client.watch(kubeNodes, { resourceVersion: String(store.revision) }, new AbortController().signal);
    const next = (async () => {
      for await (const event of watch) expect(event).toBeUndefined();
    })();
    await clock.settle();
    hooks.watches.reset(({ client: name }) => name === 'client');
    await expect(next).rejects.toBeInstanceOf(ConnectionReset);
  });

  test('can be ended, only those that match', async () => {
    const { api, hooks } = world();
    const nodes = await api.watch('nodes');
    const pods = await api.watch('pods//');
    hooks.watches.end(({ resource }) => resource === 'nodes');
    expect([nodes.ended, pods.ended, hooks.watches.size]).toEqual([true, false, 1]);
  });

  test('can be stalled, and go on where they were', async () => {
    const { api, store, hooks } = world();
    const stream = await api.watch('nodes', { resourceVersion: String(store.revision) });
    hooks.watches.stall();
    await api.create('nodes', node('a'));
    expect(drain(stream)).toEqual([]);
    hooks.watches.resume();
    expect(drain(stream)).toEqual(['ADDED a']);
  });

  test('that fail to open are not left open', async () => {
    const { api, hooks } = world();
    hooks.faults = () => ({ kind: 'reset', effect: 'done' });
    await refusal(api.watch('nodes'));
    expect(hooks.watches.size).toBe(0);
  });

  test('end with the server', async () => {
    const server = world();
    const stream = await server.api.watch('nodes');
    server.close();
    expect(stream.ended).toBe(true);
    expect(server.clock.pending).toEqual([]);
  });
});

describe('counters', () => {
  test('tell requests by verb and resource, and changes by table', async () => {
    const { client, hooks, api } = world();
    await client.create(kubeNodes, node('n'), by);
    await client.get(kubeNodes, 'n');
    await api.merge('nodes//n', { status: { phase: 'x' } }, { subresource: 'status' });
    expect(Object.fromEntries(hooks.counters.requests)).toEqual({
      'create nodes': 1,
      'get nodes': 1,
      'patch nodes/status': 1,
    });
    expect(Object.fromEntries(hooks.counters.changes)).toEqual({ nodes: 2 });
  });

  test('count writes without events and leases', async () => {
    const { api, hooks } = world();
    await api.create('meshstorvolumes.csi.meshstor.io', { metadata: { name: 'v' }, spec: { capacityBytes: GiB } });
    await api.create('events/default/', { metadata: { name: 'e' }, involvedObject: {} });
    await api.create('leases.coordination.k8s.io/default/', { metadata: { name: 'l' } });
    expect([hooks.counters.writes, hooks.counters.writeRequests]).toEqual([1, 1]);
  });

  test('count a write that changes nothing as a request only', async () => {
    const { api, hooks } = world();
    await api.create('nodes', node('n'));
    hooks.counters.reset();
    await api.merge('nodes//n', {});
    expect([hooks.counters.writes, hooks.counters.writeRequests]).toEqual([0, 1]);
  });

  test('begin at nothing, whatever the server was started with', () => {
    expect(world().hooks.counters.writes).toBe(0);
  });
});
