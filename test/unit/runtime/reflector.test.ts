import type { MeshStorVolume } from '../../../src/api/gen/meshstorvolume';
import { volumes } from '../../../src/api/resources';
import { Reflector, type ReflectorSink } from '../../../src/runtime/cache/reflector';
import { anonymous } from '../../../src/runtime/kube/connection';
import { createHttpKubeClient, type HttpKubeClient } from '../../../src/runtime/kube/http';
import { newMetrics } from '../../../src/runtime/metrics';
import { FakeClock } from '../../support/fake-clock';
import { quietLog } from './quiet-log';
import { ScriptedServer, json, reset, silence, status, stream, type Received, type Reply } from './scripted-server';

const volume = (name: string, resourceVersion: string, more: object = {}): MeshStorVolume =>
  ({ metadata: { name, resourceVersion, ...more } }) as MeshStorVolume;
const event = (type: string, name: string, version: string) => ({ type, object: volume(name, version) });
const bookmark = (resourceVersion: string) => ({ type: 'BOOKMARK', object: { metadata: { resourceVersion } } });
const page = (names: string[], resourceVersion = '10', more: object = {}) =>
  json({ metadata: { resourceVersion, ...more }, items: names.map((name) => volume(name, '5')) });
const expired = { type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' } };

const isWatch = ({ query }: Received) => query.watch === 'true';
const isList = (request: Received) => !isWatch(request);

/** Breaks the connection once the lines are on their way. */
const thenReset =
  (lines: object[]): Reply =>
  (response, request) => {
    stream(lines)(response, request);
    setImmediate(() => response.socket?.resetAndDestroy());
  };

class Recorder implements ReflectorSink<MeshStorVolume> {
  readonly log: string[] = [];
  objects: MeshStorVolume[] = [];
  private readonly waiting = new Set<() => void>();

  listBegan = () => this.note('list');
  listed = (objects: MeshStorVolume[]) => {
    this.objects.push(...objects);
    this.note(...objects.map(({ metadata }) => metadata.name));
  };
  listEnded = () => this.note('end');
  changed = (object: MeshStorVolume) => {
    this.objects.push(object);
    this.note(`+${object.metadata.name}`);
  };
  deleted = (object: MeshStorVolume) => this.note(`-${object.metadata.name}`);

  async has(entry: string, times = 1): Promise<void> {
    while (this.log.filter((one) => one === entry).length < times) {
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
  }

  private note(...entries: string[]): void {
    this.log.push(...entries);
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }
}

/** Of requests; told apart from back-offs by its length. */
const deadlineMs = 25_000;
let server: ScriptedServer;
let clock: FakeClock;
let client: HttpKubeClient;
let abort: AbortController;
let running: Promise<void>;
let sink: Recorder;
let metrics = newMetrics();

beforeEach(async () => {
  server = await ScriptedServer.start();
  clock = new FakeClock();
  const connection = { server: server.url, tls: {}, authorization: anonymous };
  client = createHttpKubeClient({ connection, clock, deadlineMs });
  abort = new AbortController();
  sink = new Recorder();
  metrics = newMetrics();
});
afterEach(async () => {
  abort.abort();
  await running;
  await client.close();
  await server.close();
});

const start = (random = () => 0) => {
  const reflector = new Reflector({ client, resource: volumes, sink, clock, random, log: quietLog(), metrics });
  running = reflector.run(abort.signal);
};
/** Lets the back-off pass that a failure is followed by; how long it was. */
const backOff = async () => {
  const delays = (ms: number) => ms >= 800 && ms <= 30_000 && ms !== deadlineMs;
  await clock.timerSet(delays);
  const delay = clock.pending.find(delays)!;
  await clock.advance(delay);
  return delay;
};
const versionsWatched = () => server.received.filter(isWatch).map(({ query }) => query.resourceVersion);

describe('Reflector', () => {
  it('lists page by page, then watches from the version of the list', async () => {
    server
      .on(({ query }) => query.continue === 'more', page(['c']))
      .on(isList, page(['a', 'b'], '10', { continue: 'more' }))
      .on(isWatch, stream([event('ADDED', 'd', '11'), event('MODIFIED', 'a', '12'), event('DELETED', 'b', '13')]));
    start();
    await sink.has('-b');
    expect(sink.log).toEqual(['list', 'a', 'b', 'c', 'end', '+d', '+a', '-b']);
    expect(server.received[0]!.query).toEqual({ limit: '500' });
    expect(server.received[2]!.query).toMatchObject({ resourceVersion: '10', allowWatchBookmarks: 'true' });
  });

  it('strips managedFields from what it passes on', async () => {
    const managed = volume('a', '11', { managedFields: [{ manager: 'm' }], labels: { x: 'y' } });
    server
      .on(isList, json({ metadata: { resourceVersion: '10' }, items: [managed] }))
      // As no API server writes it, but as it may.
      .on(isWatch, stream([`${JSON.stringify({ type: 'MODIFIED', object: managed }).replaceAll(':[', ': [')}\n`]));
    start();
    await sink.has('+a');
    const bare = volume('a', '11', { labels: { x: 'y' } });
    expect(sink.objects).toEqual([bare, bare]);
  });

  it('asks the server to end watches after five to ten minutes, spread by chance', async () => {
    server.on(isList, page([])).on(isWatch, stream([]));
    start(() => 0.5);
    await server.arrived(1, isWatch);
    expect(server.received.find(isWatch)!.query.timeoutSeconds).toBe('450');
  });

  it('takes up a watch that the server ended where it stopped, bookmarks counted, without a list', async () => {
    server
      .on(isList, page(['a']))
      .on(isWatch, stream([event('ADDED', 'b', '11')], true), 1)
      .on(isWatch, stream([bookmark('20')], true), 1)
      .on(isWatch, stream([event('ADDED', 'c', '21')]));
    start();
    await sink.has('+c');
    expect(versionsWatched()).toEqual(['10', '11', '20']);
    expect(server.count(isList)).toBe(1);
    expect(await metrics.value('reflector_lists_total')).toBe(1);
    expect(await metrics.value('reflector_watches_total')).toBe(3);
  });

  it('tries a list again and again that the server fails', async () => {
    server
      .on(isList, status(500, 'InternalError'), 3)
      .on(isList, page(['a']))
      .on(isWatch, stream([]));
    start();
    for (let failures = 1; failures <= 3; failures++) {
      await server.arrived(failures, isList);
      await backOff();
    }
    await sink.has('end');
    expect(server.count(isList)).toBe(4);
  });

  it('backs off further with every failure, up to half a minute', async () => {
    server.on(isList, status(500, 'InternalError'));
    start();
    const delays: number[] = [];
    for (let i = 0; i < 8; i++) delays.push(await backOff());
    expect(delays).toEqual([800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]);
  });

  it('takes an event for a sign that things are well again', async () => {
    server
      .on(isList, page([]))
      .on(isWatch, reset, 3)
      .on(isWatch, thenReset([event('ADDED', 'a', '11')]), 1)
      .on(isWatch, reset);
    start();
    const delays: number[] = [];
    for (let i = 0; i < 5; i++) delays.push(await backOff());
    expect(delays).toEqual([800, 1600, 3200, 800, 1600]);
  });

  it('begins a list anew when its later pages have expired', async () => {
    server
      .on(({ query }) => query.continue === 'more', status(410, 'Expired'), 1)
      .on(({ query }) => query.continue === 'more', page(['b']))
      .on(isList, page(['a'], '10', { continue: 'more' }))
      .on(isWatch, stream([]));
    start();
    await backOff();
    await sink.has('end');
    expect(sink.log).toEqual(['list', 'a', 'list', 'a', 'b', 'end']);
  });

  it('watches on from the same version after 429, without a list', async () => {
    server
      .on(isList, page([]))
      .on(isWatch, status(429, 'TooManyRequests', undefined, { 'retry-after': '1' }), 2)
      .on(isWatch, stream([event('ADDED', 'a', '11')]));
    start();
    await backOff();
    await backOff();
    await sink.has('+a');
    expect(versionsWatched()).toEqual(['10', '10', '10']);
    expect(server.count(isList)).toBe(1);
  });

  it.each([
    ['as an event', stream([event('ADDED', 'a', '11'), expired])],
    ['as the answer', status(410, 'Expired')],
  ])('lists again after 410 %s', async (_name, reply) => {
    server
      .on(isList, page([]), 1)
      .on(isList, page(['b'], '30'))
      .on(isWatch, reply, 1)
      .on(isWatch, stream([]));
    start();
    await backOff();
    await sink.has('end', 2);
    await server.arrived(2, isWatch);
    expect(versionsWatched()).toEqual(['10', '30']);
  });

  it('does not turn into a storm of lists when every watch after a list is refused', async () => {
    server.on(isList, page([])).on(isWatch, status(410, 'Expired'));
    start();
    const delays: number[] = [];
    for (let i = 0; i < 4; i++) delays.push(await backOff());
    expect(delays).toEqual([800, 1600, 3200, 6400]);
  });

  it('takes up a watch whose connection was reset', async () => {
    server
      .on(isList, page([]))
      .on(isWatch, reset, 1)
      .on(isWatch, thenReset([event('ADDED', 'a', '11')]), 1)
      .on(isWatch, stream([event('ADDED', 'b', '12')]));
    start();
    await backOff();
    await sink.has('+a');
    await backOff();
    await sink.has('+b');
    expect(versionsWatched()).toEqual(['10', '10', '11']);
    expect(server.count(isList)).toBe(1);
  });

  it('takes up a watch that has gone silent, and leaves alone one that brings something', async () => {
    let send: ((...lines: object[]) => void) | undefined;
    const open: Reply = (response, request) => {
      stream([event('ADDED', 'a', '11')])(response, request);
      send = (...lines) => void response.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    };
    server
      .on(isList, page([]))
      .on(isWatch, open, 1)
      .on(isWatch, stream([event('ADDED', 'c', '14')]));
    start();
    await sink.has('+a');
    await clock.advance(60_000);
    send!(event('ADDED', 'b', '12'), bookmark('13'));
    await sink.has('+b');
    await clock.advance(99_999);
    expect(server.count(isWatch)).toBe(1);
    await clock.advance(1);
    await sink.has('+c');
    expect(versionsWatched()).toEqual(['10', '13']);
    expect(server.count(isList)).toBe(1);
  });

  it('lists again after an event that makes no sense', async () => {
    server
      .on(isList, page([]), 1)
      .on(isList, page(['a'], '30'))
      .on(isWatch, stream(['{"type":"ADDED","object":{"metad\n']), 1)
      .on(isWatch, stream([]));
    start();
    await backOff();
    await sink.has('end', 2);
    expect(sink.log).toEqual(['list', 'end', 'list', 'a', 'end']);
  });

  it('does not spin when every watch ends at once', async () => {
    server.on(isList, page([])).on(isWatch, stream([], true));
    start();
    await backOff();
    await server.arrived(2, isWatch);
    await clock.timerSet((ms) => ms === 1600);
    expect(server.count(isWatch)).toBe(2);
    expect(server.count(isList)).toBe(1);
  });

  it.each([
    ['a list under way', (fits: ScriptedServer) => fits.on(isList, silence), isList],
    ['a watch', (fits: ScriptedServer) => fits.on(isList, page([])).on(isWatch, stream([])), isWatch],
  ])('ends when it is aborted during %s, leaving no timer', async (_name, script, fits) => {
    script(server);
    start();
    await server.arrived(1, fits);
    abort.abort();
    await running;
    // The request itself is left to its own deadline.
    expect(clock.pending.filter((ms) => ms !== deadlineMs)).toEqual([]);
  });
});
