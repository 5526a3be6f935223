import { newMetrics } from '../../../src/runtime/metrics';
import { HttpServer } from '../../../src/runtime/process/http-server';
import { FakeClock } from '../../support/fake-clock';

const clock = new FakeClock();
const metrics = newMetrics();
const server = new HttpServer({ port: 0, host: '127.0.0.1', metrics, clock });
const abort = new AbortController();
let running: Promise<void>;

beforeAll(async () => {
  running = server.run(abort.signal);
  await server.ready();
});
afterAll(async () => {
  abort.abort();
  await running;
});
beforeEach(() => {
  server.healthz.clear();
  server.readyz.clear();
});

const get = async (path: string, method = 'GET') => {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method, headers: { connection: 'close' } });
  return { status: response.status, body: await response.text(), type: response.headers.get('content-type') };
};

describe('HttpServer', () => {
  it('serves the metrics in the format Prometheus reads', async () => {
    metrics.counter({ name: 'things_total', help: 'Things' }).inc(3);
    const { status, body, type } = await get('/metrics');
    expect([status, type]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    expect(body).toContain('things_total 3');
  });

  it('is healthy and ready while every check passes', async () => {
    server.readyz.set('informers', () => Promise.resolve());
    expect(await get('/healthz')).toMatchObject({ status: 200, body: 'ok' });
    expect(await get('/readyz')).toMatchObject({ status: 200, body: 'ok' });
    expect((await get('/readyz?verbose')).body).toBe('[+]informers ok\nreadyz check passed\n');
  });

  it('says which check fails and why', async () => {
    server.readyz.set('ping', () => undefined);
    server.readyz.set('informers', () => Promise.reject(new Error('waiting for volumes')));
    server.readyz.set('leader', () => {
      throw new Error('no lease');
    });
    expect(await get('/readyz')).toMatchObject({
      status: 503,
      body: '[+]ping ok\n[-]informers failed: waiting for volumes\n[-]leader failed: no lease\nreadyz check failed\n',
    });
    expect((await get('/healthz')).status).toBe(200);
    expect((await get('/readyz/ping')).status).toBe(200);
    expect((await get('/readyz/leader')).status).toBe(503);
    expect(await get('/readyz/nope')).toMatchObject({ status: 404, body: "no check 'nope'\n" });
  });

  it('takes a check that does not answer for failed', async () => {
    server.healthz.set('hangs', () => new Promise(() => undefined));
    const answer = get('/healthz');
    await clock.timerSet();
    await clock.advance(5_000);
    expect((await answer).body).toContain('[-]hangs failed: no answer within 5000 ms');
    expect(clock.pending).toEqual([]);
  });

  it('answers nothing else', async () => {
    expect((await get('/')).status).toBe(404);
    expect((await get('/readyz/a/b')).status).toBe(404);
    expect((await get('/metrics', 'POST')).status).toBe(405);
    expect(await get('/healthz', 'HEAD')).toMatchObject({ status: 200, body: '' });
  });

  it('says what it could not listen on', async () => {
    const second = new HttpServer({ port: server.port, host: '127.0.0.1', metrics, clock });
    await expect(second.run(abort.signal)).rejects.toThrow(
      /cannot serve metrics and health on 127.0.0.1:\d+: .*EADDRINUSE/,
    );
  });
});
