import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { objectAt, stringAt } from '../../../src/sim/apiserver/object/json';
import { encodeDocument } from '../../../src/sim/apiserver/openapi/v2proto';
import { failNth, startApiServer, type ListenOptions, type RunningApiServer } from '../../../src/sim/apiserver/index';
import { RawApi } from './raw';

let server: RunningApiServer;
let raw: RawApi;
const folder = mkdtempSync(join(tmpdir(), 'apiserver-'));
const cm = '/api/v1/namespaces/default/configmaps';
const configMap = (name: string, data: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
});

async function start(options: ListenOptions = {}): Promise<RunningApiServer> {
  server = await startApiServer({ token: 'secret', ...options });
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, server.kubeconfig());
  raw = await RawApi.open(kubeconfig);
  return server;
}

afterEach(() => server.close());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('who asks', () => {
  test('may say nothing over plain HTTP, but nothing wrong', async () => {
    const { url } = await start();
    const statusOf = async (headers: Record<string, string>) => (await fetch(`${url}/api`, { headers })).status;
    expect(await statusOf({})).toBe(200);
    expect(await statusOf({ authorization: 'Bearer secret' })).toBe(200);
    expect(await statusOf({ authorization: 'Bearer wrong' })).toBe(401);
    expect(await statusOf({ authorization: 'Basic c2VjcmV0' })).toBe(401);
  });

  test('must have the token over TLS, except to ask for health', async () => {
    await start({ tls: true });
    expect((await raw.get('/api')).status).toBe(200);
    expect(await raw.get('/api', { authorization: 'Bearer wrong' })).toMatchObject({
      status: 401,
      body: { kind: 'Status', reason: 'Unauthorized' },
    });
    expect((await raw.get('/readyz', { authorization: 'none' })).text).toBe('ok');
  });
});

test('an IPv6 address can be served, with a certificate for it', async () => {
  const { url } = await start({ host: '::1', tls: true });
  expect(url).toMatch(/^https:\/\/\[::1\]:\d+$/);
  expect((await raw.get('/version')).status).toBe(200);
});

test('a port that is taken is an error', async () => {
  const { url } = await start();
  await expect(startApiServer({ port: Number(new URL(url).port) })).rejects.toThrow('EADDRINUSE');
});

describe('discovery', () => {
  test('lists groups, versions and resources', async () => {
    await start();
    expect((await raw.get('/api')).body).toMatchObject({ kind: 'APIVersions', versions: ['v1'] });
    const groups = (await raw.get('/apis')).body.groups as { name: string; preferredVersion: object }[];
    expect(groups).toContainEqual(
      expect.objectContaining({ name: 'apps', preferredVersion: { groupVersion: 'apps/v1', version: 'v1' } }),
    );
    expect((await raw.get('/apis/apps')).body).toMatchObject({ kind: 'APIGroup', name: 'apps' });
    const core = (await raw.get('/api/v1')).body.resources as { name: string }[];
    expect(core.map(({ name }) => name)).toEqual(expect.arrayContaining(['pods', 'pods/status', 'pods/eviction']));
    expect((await raw.get('/apis/none.example.com/v1')).status).toBe(404);
  });

  test('can be had all at once', async () => {
    await start();
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
    const { body, headers } = await raw.get('/apis', { accept });
    expect(headers['content-type']).toContain('as=APIGroupDiscoveryList');
    expect(body).toMatchObject({ kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2' });
  });

  test('a group of which nothing is known is no page, a resource of which nothing is known is a status', async () => {
    await start();
    expect(await raw.get('/apis/none.example.com/v1/things')).toMatchObject({
      status: 404,
      text: '404 page not found\n',
    });
    expect(await raw.get('/api/v1/things')).toMatchObject({ status: 404, body: { reason: 'NotFound' } });
    expect(await raw.get('/nonsense')).toMatchObject({ status: 404, text: '404 page not found\n' });
  });

  test.each(['/healthz', '/livez', '/readyz'])('%s is ok', async (path) => {
    await start();
    expect(await raw.get(path)).toMatchObject({ status: 200, text: 'ok' });
  });
});

describe('OpenAPI', () => {
  test('3 has a document per group version, under a hash of its content', async () => {
    await start();
    const paths = objectAt((await raw.get('/openapi/v3')).body, 'paths');
    const url = stringAt(objectAt(paths, 'apis/apps/v1'), 'serverRelativeURL')!;
    expect(url).toMatch(/^\/openapi\/v3\/apis\/apps\/v1\?hash=[0-9A-F]{64}$/);
    const { body } = await raw.get(url);
    const schemas = objectAt(objectAt(body, 'components'), 'schemas');
    expect(objectAt(schemas, 'io.k8s.api.apps.v1.Deployment')['x-kubernetes-group-version-kind']).toEqual([
      { group: 'apps', kind: 'Deployment', version: 'v1' },
    ]);
    // Every type that is referred to is described.
    const referred = [...JSON.stringify(body).matchAll(/#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name!);
    expect([...new Set(referred)].filter((name) => !Object.hasOwn(schemas, name))).toEqual([]);
    expect((await raw.get('/openapi/v3/apis/none/v1')).status).toBe(404);
  });

  test('2 comes as JSON, or as the message that older programs read', async () => {
    await start();
    const { body } = await raw.get('/openapi/v2');
    expect(body).toMatchObject({ swagger: '2.0' });
    const accept = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
    const { headers } = await raw.get('/openapi/v2', { accept });
    expect(headers['content-type']).toBe('application/com.github.proto-openapi.spec.v2.v1.0+protobuf');
    expect(Number(headers['content-length'])).toBe(encodeDocument(body).length);
  });
});

describe('a body', () => {
  test.each([
    ['nonsense', '{nonsense', 'application/json', 400],
    ['nonsense that should be YAML', 'a: [', 'application/yaml', 400],
    ['of an unknown type', 'x', 'text/plain', 415],
    [
      'of a prototype',
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"__proto__":{"a":"b"}}}',
      'application/json',
      400,
    ],
    ['that only claims to be protobuf', 'x', 'application/vnd.kubernetes.protobuf', 400],
    ['of an alias bomb', 'a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n', 'application/yaml', 400],
    ['that is too large', `{"x":"${'x'.repeat(3 * 1024 * 1024)}"}`, 'application/json', 413],
  ])('%s is refused', async (_, body, contentType, status) => {
    await start();
    expect((await raw.call('POST', cm, { body, contentType })).status).toBe(status);
  });

  test('can be YAML', async () => {
    await start();
    const body = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: yaml}\ndata: {a: b}\n';
    expect((await raw.call('POST', cm, { body, contentType: 'application/yaml' })).status).toBe(201);
    const shown = await raw.get(`${cm}/yaml`, { accept: 'application/yaml' });
    expect(shown.text).toContain('data:\n  a: b\n');
  });

  test('of a patch says by its type what it is', async () => {
    await start();
    await raw.post(cm, configMap('a'));
    expect((await raw.call('PATCH', `${cm}/a`, { body: {}, contentType: 'application/json' })).status).toBe(415);
  });
});

describe('an answer', () => {
  test('in a form that cannot be had is refused', async () => {
    await start();
    expect(await raw.get(cm, { accept: 'application/xml' })).toMatchObject({ status: 406 });
    const protobufFirst = 'application/vnd.kubernetes.protobuf,application/json';
    expect(await raw.get(cm, { accept: protobufFirst })).toMatchObject({
      status: 200,
      body: { kind: 'ConfigMapList' },
    });
  });

  test('warns of fields that were dropped', async () => {
    await start();
    const { headers } = await raw.post(cm, { ...configMap('warned'), extra: 1 });
    expect(headers.warning).toBe('299 - "unknown field \\"extra\\""');
  });

  test('to a method that is not there is 405', async () => {
    await start();
    expect(await raw.put(cm, {})).toMatchObject({ status: 405, body: { reason: 'MethodNotAllowed' } });
    expect((await raw.call('POST', `${cm}/a`, { body: configMap('a') })).status).toBe(405);
  });

  test.each([
    ['limit=x', 400],
    ['dryRun=Some', 422],
    ['fieldValidation=Sometimes', 400],
    ['labelSelector=,', 400],
  ])('to the query %s is %d', async (query, status) => {
    await start();
    expect((await raw.get(`${cm}?${query}`)).status).toBe(status);
  });

  test('names the writer after the program when nobody else does', async () => {
    await start();
    const call = { body: configMap('named'), userAgent: 'robot/1.0 (x)' };
    const { body } = await raw.call('POST', cm, call);
    expect(objectAt(body, 'metadata').managedFields).toMatchObject([{ manager: 'robot', operation: 'Update' }]);
  });
});

describe('faults', () => {
  test('come over the wire as statuses with their reason', async () => {
    await start();
    const { hooks } = server;
    hooks.faults = () => ({
      kind: 'status',
      code: 429,
      reason: 'TooManyRequests',
      message: 'slow down',
      effect: 'none',
    });
    expect(await raw.get(cm)).toMatchObject({ status: 429, body: { reason: 'TooManyRequests', message: 'slow down' } });
  });

  test('can reset the socket, with the effect done', async () => {
    await start();
    server.hooks.faults = failNth(1, { kind: 'reset', effect: 'done' });
    await expect(raw.post(cm, configMap('done'))).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect((await raw.get(`${cm}/done`)).status).toBe(200);
  });
});

describe('a watch', () => {
  /** An open watch, and the lines it has said so far. */
  async function watch(
    query = '',
  ): Promise<{ call: ClientRequest; response: IncomingMessage; line: () => Promise<string> }> {
    const call = request(`${server.url}${cm}?watch=true${query}`).end();
    const [response] = (await once(call, 'response')) as [IncomingMessage];
    // A watch that is broken on purpose is no error of the test.
    response.on('error', () => undefined);
    const lines: string[] = [];
    const waiting: ((line: string) => void)[] = [];
    let rest = '';
    response.setEncoding('utf8').on('data', (chunk: string) => {
      const parts = (rest + chunk).split('\n');
      rest = parts.pop()!;
      for (const part of parts) (waiting.shift() ?? lines.push.bind(lines))(part);
    });
    const line = () =>
      new Promise<string>((resolve) => (lines.length > 0 ? resolve(lines.shift()!) : waiting.push(resolve)));
    return { call, response, line };
  }

  test('is a line of JSON per event', async () => {
    await start();
    const { line, call } = await watch();
    await raw.post(cm, configMap('a', { x: '1' }));
    expect(JSON.parse(await line())).toMatchObject({ type: 'ADDED', object: { kind: 'ConfigMap', data: { x: '1' } } });
    call.destroy();
  });

  test('is closed on the server when the client goes', async () => {
    await start();
    const { call } = await watch();
    expect(server.hooks.watches.size).toBe(1);
    call.destroy();
    while (server.hooks.watches.size > 0) await new Promise((resolve) => setImmediate(resolve));
  });

  test('ends with the server, and breaks when told to', async () => {
    await start();
    const [ending, breaking] = [await watch(), await watch()];
    const ended = once(ending.response, 'end');
    // Not `once`, to which the error that comes with a break is the end.
    const broken = new Promise((resolve) => breaking.response.once('close', resolve));
    let first = true;
    server.hooks.watches.reset(() => {
      const last = !first;
      first = false;
      return last;
    });
    await broken;
    expect(breaking.response.complete).toBe(false);
    server.hooks.watches.end();
    await ended;
    expect(ending.response.complete).toBe(true);
  });

  test('says in its stream that its version is too old', async () => {
    await start();
    await raw.post(cm, configMap('a'));
    server.hooks.compact();
    const { line, response } = await watch('&resourceVersion=1');
    expect(response.statusCode).toBe(200);
    expect(JSON.parse(await line())).toMatchObject({
      type: 'ERROR',
      object: { kind: 'Status', code: 410, reason: 'Expired' },
    });
  });

  test('sends bookmarks of its kind', async () => {
    await start();
    const { line, call } = await watch('&allowWatchBookmarks=true');
    server.hooks.watches.bookmark();
    expect(JSON.parse(await line())).toMatchObject({
      type: 'BOOKMARK',
      object: { kind: 'ConfigMap', apiVersion: 'v1', metadata: { resourceVersion: expect.any(String) } },
    });
    call.destroy();
  });
});

test('a long list is written in pieces, so that others get their turn', async () => {
  await start();
  const big = 'x'.repeat(10_000);
  for (let i = 0; i < 300; i++) await raw.post(cm, configMap(`c${i}`, { big }));
  const order: string[] = [];
  const list = raw.get(cm).then(({ body }) => order.push(`list of ${(body.items as unknown[]).length}`));
  const get = raw.get(`${cm}/c1`).then(() => order.push('get'));
  await Promise.all([list, get]);
  expect(order).toEqual(['get', 'list of 300']);
});
