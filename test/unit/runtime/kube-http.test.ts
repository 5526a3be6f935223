import { ApiError, MalformedEvent, type KubeClient, type WatchEvent } from '../../../src/runtime/kube/client';
import { createHttpKubeClient, type HttpKubeClient } from '../../../src/runtime/kube/http';
import { anonymous, type Authorization } from '../../../src/runtime/kube/connection';
import { kubeNodes, leases, volumes } from '../../../src/api/resources';
import type { MeshStorVolume } from '../../../src/api/gen/meshstorvolume';
import { newMetrics } from '../../../src/runtime/metrics';
import { FakeClock } from '../../support/fake-clock';
import { ScriptedServer, json, reset, silence, status, stream } from './scripted-server';

const path = '/apis/csi.meshstor.io/v1alpha1/meshstorvolumes';
const volume = (name: string, resourceVersion = '7'): MeshStorVolume =>
  ({ metadata: { name, resourceVersion } }) as MeshStorVolume;

let server: ScriptedServer;
let clock: FakeClock;
let client: HttpKubeClient;
const metrics = newMetrics();

const connect = (authorization: Authorization = anonymous) =>
  createHttpKubeClient({ connection: { server: server.url, tls: {}, authorization }, clock, metrics });

beforeEach(async () => {
  server = await ScriptedServer.start();
  clock = new FakeClock();
  client = connect();
});
afterEach(async () => {
  await client.close();
  await server.close();
});

describe('requests', () => {
  const calls: [string, (kube: KubeClient) => Promise<unknown>, object][] = [
    ['get of a cluster-scoped object', (kube) => kube.get(volumes, 'a'), { method: 'GET', url: `${path}/a` }],
    [
      'get in a namespace',
      (kube) => kube.get(leases, 'l', 'kube-system'),
      { method: 'GET', url: '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/l' },
    ],
    ['get in the core group', (kube) => kube.get(kubeNodes, 'n1'), { url: '/api/v1/nodes/n1' }],
    [
      'list with selectors',
      (kube) => kube.list(volumes, { labelSelector: 'a in (b,c),!d', fieldSelector: 'x=y&z', limit: 5 }),
      { path, query: { labelSelector: 'a in (b,c),!d', fieldSelector: 'x=y&z', limit: '5' } },
    ],
    [
      'a further page, without the version it must not repeat',
      (kube) => kube.list(volumes, { continue: 'to+ken=', resourceVersion: '0' }),
      { query: { continue: 'to+ken=' } },
    ],
    [
      'create',
      (kube) => kube.create(volumes, volume('a'), { fieldManager: 'me', dryRun: true }),
      {
        method: 'POST',
        path,
        query: { fieldManager: 'me', dryRun: 'All' },
        body: {
          apiVersion: 'csi.meshstor.io/v1alpha1',
          kind: 'MeshStorVolume',
          metadata: { name: 'a', resourceVersion: '7' },
        },
      },
    ],
    [
      'replace of a status',
      (kube) => kube.replace(volumes, volume('a'), { fieldManager: 'me', subresource: 'status' }),
      { method: 'PUT', path: `${path}/a/status` },
    ],
    [
      'apply',
      (kube) => kube.apply(volumes, { metadata: { name: 'a' }, spec: { x: 1 } }, { fieldManager: 'me', force: true }),
      {
        method: 'PATCH',
        path: `${path}/a`,
        query: { fieldManager: 'me', force: 'true' },
        headers: expect.objectContaining({ 'content-type': 'application/apply-patch+yaml' }) as unknown,
      },
    ],
    [
      'merge patch',
      (kube) => kube.patch(leases, 'l', { spec: null }, { fieldManager: 'me', namespace: 'ns' }),
      {
        method: 'PATCH',
        body: { spec: null },
        headers: expect.objectContaining({ 'content-type': 'application/merge-patch+json' }) as unknown,
      },
    ],
    [
      'delete with preconditions',
      (kube) => kube.delete(volumes, 'a', { uid: 'u', propagation: 'Foreground' }),
      {
        method: 'DELETE',
        body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: 'u' }, propagationPolicy: 'Foreground' },
      },
    ],
  ];
  it.each(calls)('%s', async (_name, call, expected) => {
    server.always(json({ metadata: { resourceVersion: '1' }, items: [] }));
    await call(client);
    expect(server.received).toMatchObject([expected]);
  });

  it('refuses names that would lead to another path', async () => {
    await expect(client.get(volumes, '..')).rejects.toThrow("'..' cannot be a name");
    await expect(client.get(leases, 'l')).rejects.toThrow('its namespace is missing');
    await expect(client.list(leases, { namespace: '' })).rejects.toThrow('cannot be a namespace');
    expect(server.received).toEqual([]);
  });

  it('share kept-alive connections', async () => {
    server.always(json(volume('a')));
    for (let i = 0; i < 20; i++) await client.get(volumes, 'a');
    // The pool may open a second one when a request follows within the tick in which an answer ended.
    expect(server.connections).toBeLessThanOrEqual(2);
  });

  it('are counted as client-go counts them', async () => {
    server.on(() => true, json(volume('a')), 1).always(status(403, 'Forbidden'));
    await client.get(volumes, 'a');
    await expect(client.get(volumes, 'a')).rejects.toThrow();
    const host = new URL(server.url).host;
    const text = await metrics.text();
    expect(text).toContain(`rest_client_requests_total{code="200",method="GET",host="${host}"} 1`);
    expect(text).toContain(`rest_client_requests_total{code="403",method="GET",host="${host}"} 1`);
  });
});

describe('answers', () => {
  it('a page carries its version and where it goes on', async () => {
    server.always(json({ metadata: { resourceVersion: '9', continue: 'c' }, items: [volume('a')] }));
    expect(await client.list(volumes)).toEqual({ items: [volume('a')], resourceVersion: '9', continue: 'c' });
  });

  it('an object that is not there is undefined, and deleting it succeeds', async () => {
    server.always(status(404, 'NotFound', { name: 'a', kind: 'meshstorvolumes' }));
    expect(await client.get(volumes, 'a')).toBeUndefined();
    await client.delete(volumes, 'a');
  });

  it('a path that is not served says nothing about the object', async () => {
    server.always((response) => void response.writeHead(404).end('404 page not found\n'));
    await expect(client.get(volumes, 'a')).rejects.toMatchObject({ code: 404, message: '404 page not found' });
    await expect(client.delete(volumes, 'a')).rejects.toBeInstanceOf(ApiError);
  });

  it('a refusal becomes an ApiError with the reason of the Status', async () => {
    server.always(status(409, 'AlreadyExists'));
    await expect(client.create(volumes, volume('a'), { fieldManager: 'm' })).rejects.toMatchObject({
      name: 'ApiError',
      code: 409,
      reason: 'AlreadyExists',
      message: 'AlreadyExists it is',
    });
  });

  it('an answer by a proxy becomes an ApiError named by its code', async () => {
    server.always((response) => void response.writeHead(503).end('<html>upstream</html>'));
    await expect(client.list(volumes)).rejects.toMatchObject({ code: 503, reason: 'ServiceUnavailable' });
  });

  it('none at all within the deadline is an error that names the request', async () => {
    server.always(silence);
    const failed = client.get(volumes, 'a').catch((error: Error) => error);
    await server.arrived(1);
    await clock.advance(30_000);
    const error = (await failed) as Error;
    expect(error).not.toBeInstanceOf(ApiError);
    expect(error.message).toMatch(/GET http.*meshstorvolumes\/a: no answer within 30000 ms/);
    expect(clock.pending).toEqual([]);
  });
});

describe('repeats', () => {
  it('a read that is told to come back later, after that time', async () => {
    server
      .on(() => true, status(429, 'TooManyRequests', undefined, { 'retry-after': '2' }), 1)
      .always(json(volume('a')));
    const got = client.get(volumes, 'a');
    await clock.timerSet((ms) => ms === 2000);
    expect(server.received).toHaveLength(1);
    await clock.advance(2000);
    expect(await got).toEqual(volume('a'));
  });

  it('no read that is told to come back after its deadline', async () => {
    server.always(status(429, 'TooManyRequests', undefined, { 'retry-after': '30' }));
    await expect(client.get(volumes, 'a')).rejects.toMatchObject({ code: 429 });
  });

  it('a read whose connection was reset, once', async () => {
    server
      .on(() => true, reset, 1)
      .on(() => true, json(volume('a')), 1)
      .always(reset);
    expect(await client.get(volumes, 'a')).toEqual(volume('a'));
    await expect(client.get(volumes, 'a')).rejects.toThrow(/GET http/);
    expect(server.received).toHaveLength(4);
  });

  it('no write, whatever happened to it', async () => {
    server.on(() => true, reset, 1).always(status(429, 'TooManyRequests', undefined, { 'retry-after': '1' }));
    await expect(client.create(volumes, volume('a'), { fieldManager: 'm' })).rejects.toThrow(/POST http/);
    await expect(client.create(volumes, volume('a'), { fieldManager: 'm' })).rejects.toMatchObject({ code: 429 });
    expect(server.received).toHaveLength(2);
  });

  it('anything with fresh credentials after a 401, once', async () => {
    const tokens = ['old', 'new'];
    client = connect({ header: () => `Bearer ${tokens[0]}`, refused: () => void tokens.shift() });
    server
      .on(({ headers }) => headers.authorization === 'Bearer old', status(401, 'Unauthorized'))
      .always(json(volume('a')));
    expect(await client.create(volumes, volume('a'), { fieldManager: 'm' })).toEqual(volume('a'));
    expect(server.received.map(({ headers }) => headers.authorization)).toEqual(['Bearer old', 'Bearer new']);
  });
});

describe('a request that stays unauthenticated', () => {
  it('is refused after its second try', async () => {
    server.always(status(401, 'Unauthorized'));
    await expect(client.get(volumes, 'a')).rejects.toMatchObject({ code: 401 });
    expect(server.received).toHaveLength(2);
  });
});

describe('watch', () => {
  const watch = async (signal = new AbortController().signal) => {
    const events: WatchEvent<MeshStorVolume>[] = [];
    for await (const event of client.watch(volumes, { resourceVersion: '5', timeoutSeconds: 300 }, signal))
      events.push(event);
    return events;
  };
  const added = (name: string) => ({ type: 'ADDED', object: volume(name) });

  it('asks for bookmarks from the version given', async () => {
    server.always(stream([], true));
    await watch();
    expect(server.received[0]!.query).toEqual({
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: '5',
      timeoutSeconds: '300',
    });
  });

  it('yields events and bookmarks until the server ends it', async () => {
    const bookmark = { type: 'BOOKMARK', object: { metadata: { resourceVersion: '12' } } };
    server.always(stream([added('a'), bookmark, '\n', { type: 'DELETED', object: volume('a') }], true));
    expect(await watch()).toEqual([
      added('a'),
      { type: 'BOOKMARK', resourceVersion: '12' },
      { type: 'DELETED', object: volume('a') },
    ]);
  });

  it('puts lines together however they are cut, inside a character too', async () => {
    const bytes = Buffer.from([added('ä€😀'), added('b')].map((event) => `${JSON.stringify(event)}\n`).join(''));
    for (let cut = 1; cut < bytes.length; cut += 7) {
      server.on(
        () => true,
        stream([bytes.subarray(0, cut), bytes.subarray(cut, cut + 1), bytes.subarray(cut + 1)], true),
        1,
      );
      expect(await watch()).toEqual([added('ä€😀'), added('b')]);
    }
  });

  it('throws the ApiError of an ERROR event', async () => {
    server.always(
      stream([
        added('a'),
        { type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' } },
      ]),
    );
    await expect(watch()).rejects.toMatchObject({ name: 'ApiError', code: 410, reason: 'Expired', message: 'too old' });
  });

  it.each([
    '{"type":"ADDED","obj\n',
    '{"type":"NEW","object":{"metadata":{"name":"a"}}}\n',
    'null\n',
    '{"type":"ADDED"}\n',
  ])('throws MalformedEvent for %j', async (line) => {
    server.always(stream([line]));
    await expect(watch()).rejects.toBeInstanceOf(MalformedEvent);
  });

  it('drops a line that the server did not finish', async () => {
    server.always(stream([added('a'), '{"type":"ADDED"'], true));
    expect(await watch()).toEqual([added('a')]);
  });

  it('throws when it is refused, or its connection breaks', async () => {
    server
      .on(() => true, status(429, 'TooManyRequests'), 1)
      .on(
        () => true,
        (response) => {
          stream([added('a')])(response, server.received[0]!);
          setImmediate(() => response.socket!.resetAndDestroy());
        },
      );
    await expect(watch()).rejects.toMatchObject({ code: 429 });
    await expect(watch()).rejects.toThrow();
  });

  it('returns when it is aborted, before or while it streams, and lets the connection go', async () => {
    server.always(stream([added('a')]));
    const abort = new AbortController();
    const names: string[] = [];
    for await (const event of client.watch(volumes, { resourceVersion: '5' }, abort.signal)) {
      if (event.type !== 'BOOKMARK') names.push(event.object.metadata.name);
      abort.abort();
    }
    expect(names).toEqual(['a']);
    expect(await watch(abort.signal)).toEqual([]);
    expect(clock.pending).toEqual([]);
  });
});
