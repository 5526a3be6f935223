import type { MeshStorPartition } from '../../../src/api/gen/meshstorpartition';
import { partitions } from '../../../src/api/resources';
import { Informer } from '../../../src/runtime/cache/informer';
import { Controller, type ControllerOptions } from '../../../src/runtime/controller/controller';
import { watched, type Source } from '../../../src/runtime/controller/source';
import { ApiError } from '../../../src/runtime/kube/client';
import { newMetrics } from '../../../src/runtime/metrics';
import { settled, wait, type Outcome, type Pass } from '../../../src/runtime/reconciler';
import { FakeClock } from '../../support/fake-clock';
import { MemoryKube } from './memory-kube';
import { recordingLog } from './quiet-log';

let clock: FakeClock;
let abort: AbortController;
let running: Promise<void>;
let metrics = newMetrics();
const { log, lines } = recordingLog();
const none: Source = { start: () => () => undefined, whenSynced: () => Promise.resolve() };

beforeEach(() => {
  clock = new FakeClock(0);
  abort = new AbortController();
  running = Promise.resolve();
  metrics = newMetrics();
  lines.length = 0;
});
afterEach(async () => {
  abort.abort();
  await running;
});

const run = (reconcile: (key: string, pass: Pass) => Promise<Outcome>, options: Partial<ControllerOptions> = {}) => {
  const reconciler = { name: 'volume', reconcile };
  const shared = { reconciler, sources: [none], clock, random: () => 0, log, metrics };
  const controller = new Controller({ ...shared, ...options });
  running = controller.run(abort.signal);
  return controller;
};
const total = (result: string) => metrics.value('controller_runtime_reconcile_total', { controller: 'volume', result });

describe('Controller', () => {
  it('reconciles every object there is, once all its sources have synced', async () => {
    const kube = new MemoryKube();
    for (const name of ['a', 'b']) await kube.create(partitions, { metadata: { name } } as MeshStorPartition);
    const informer = new Informer({ client: kube, resource: partitions, clock, random: () => 0, log });
    let sync = () => {};
    const slow = { ...none, whenSynced: () => new Promise<void>((resolve) => (sync = resolve)) };
    const keys: string[] = [];
    run(async (key) => (keys.push(key), settled), { sources: [watched(informer), slow] });
    const watching = informer.run(abort.signal);
    await informer.whenSynced();
    await clock.settle();
    expect(keys).toEqual([]);
    sync();
    await clock.settle();
    expect(keys).toEqual(['a', 'b']);

    await kube.delete(partitions, 'a');
    await clock.settle();
    expect(keys).toEqual(['a', 'b', 'a']);
    abort.abort();
    await watching;
  });

  it('is told of the objects there are by their keys alone, where a source can name them', async () => {
    const kube = new MemoryKube();
    for (const volumeName of ['v1', 'v2'])
      await kube.create(partitions, {
        metadata: { name: `of-${volumeName}` },
        spec: { volumeName },
      } as MeshStorPartition);
    const volumeOf = jest.fn(({ spec }: MeshStorPartition) => [spec.volumeName]);
    const indexers = { volume: ({ spec }: MeshStorPartition) => [spec.volumeName] };
    const informer = new Informer({ client: kube, resource: partitions, clock, random: () => 0, log, indexers });
    const watching = informer.run(abort.signal);
    await informer.whenSynced();
    const keys: string[] = [];
    const source = watched(informer, volumeOf, () => informer.indexed('volume'));
    run(async (key) => (keys.push(key), settled), { sources: [source] });
    await clock.settle();
    expect(keys).toEqual(['v1', 'v2']);
    expect(volumeOf).not.toHaveBeenCalled();

    await kube.delete(partitions, 'of-v2');
    await clock.settle();
    expect(keys).toEqual(['v1', 'v2', 'v2']);
    abort.abort();
    await watching;
  });

  it('is told of the keys an object concerned before a change, and after it', async () => {
    const kube = new MemoryKube();
    const informer = new Informer({ client: kube, resource: partitions, clock, random: () => 0, log });
    const volumeOf = ({ spec }: MeshStorPartition) => [spec.volumeName];
    const keys: string[] = [];
    run(async (key) => (keys.push(key), settled), { sources: [watched(informer, volumeOf)] });
    const watching = informer.run(abort.signal);
    await kube.create(partitions, { metadata: { name: 'p' }, spec: { volumeName: 'v1' } } as MeshStorPartition);
    await clock.settle();
    await kube.patch(partitions, 'p', { spec: { volumeName: 'v2' } }, { fieldManager: 'test' });
    await clock.settle();
    expect(keys).toEqual(['v1', 'v1', 'v2']);
    abort.abort();
    await watching;
  });

  it('works on as many keys at once as it has workers, and on each only once', async () => {
    let active = 0;
    let most = 0;
    const controller = run(
      async () => {
        most = Math.max(most, ++active);
        await clock.sleep(10);
        active--;
        return settled;
      },
      { workers: 3 },
    );
    for (const key of ['a', 'b', 'c', 'd', 'e', 'a']) controller.enqueue(key);
    await clock.advance(5);
    expect(await metrics.value('controller_runtime_active_workers')).toBe(3);
    await clock.advance(100);
    expect(most).toBe(3);
    expect(await total('success')).toBe(5);
    expect(await metrics.value('controller_runtime_active_workers')).toBe(0);
    expect(await metrics.value('controller_runtime_max_concurrent_reconciles')).toBe(3);
  });

  it('looks again after the time a pass names, or earlier when something changes', async () => {
    const times: number[] = [];
    const controller = run(async () => (times.push(clock.now()), wait(60_000, 'the sync')));
    controller.enqueue('a');
    await clock.advance(60_000);
    controller.enqueue('a');
    await clock.advance(0);
    expect(times).toEqual([0, 60_000, 60_000]);
    expect(await total('requeue_after')).toBe(3);
    expect(lines).toContainEqual(expect.objectContaining({ level: 'debug', message: 'waiting for the sync' }));
  });

  it('backs off from a key that fails, and anew after it succeeded', async () => {
    const times: number[] = [];
    const outcomes = ['fail', 'fail', 'fail', 'fine', 'fail', 'fine'];
    const controller = run(async () => {
      times.push(clock.now());
      if (outcomes.shift() === 'fail') throw new Error('no drive');
      return settled;
    });
    controller.enqueue('a');
    await clock.advance(1000);
    controller.enqueue('a');
    await clock.advance(1000);
    expect(times).toEqual([0, 5, 15, 35, 1000, 1005]);
    expect(await total('error')).toBe(4);
    expect(await metrics.value('controller_runtime_reconcile_errors_total')).toBe(4);
    expect(lines.filter(({ level }) => level === 'error')).toHaveLength(4);
  });

  const hostile = {
    toString: () => {
      throw new Error('not even this');
    },
    toJSON: () => {
      throw new Error('nor this');
    },
  };
  it.each<[string, unknown]>([
    ['a string', 'text'],
    ['undefined', undefined],
    ['null', null],
    ['an object without a prototype', Object.create(null)],
    ['an object that cannot be shown', hostile],
  ])('survives a reconciler that throws %s', async (_name, thrown) => {
    let passes = 0;
    const controller = run(() => {
      if (++passes === 1) throw thrown;
      return Promise.resolve(settled);
    });
    controller.enqueue('a');
    await clock.advance(10);
    expect(passes).toBe(2);
    expect(await total('error')).toBe(1);
  });

  it('repeats a conflict soon and does not call it an error', async () => {
    let passes = 0;
    const controller = run(async () => {
      if (++passes === 1) throw new ApiError(409, 'Conflict', 'modified');
      return settled;
    });
    controller.enqueue('a');
    await clock.advance(5);
    expect(passes).toBe(2);
    expect(await total('requeue')).toBe(1);
    expect(await metrics.value('controller_runtime_reconcile_errors_total')).toBe(0);
    expect(lines.filter(({ level }) => level !== 'debug')).toEqual([]);
  });

  it('names the controller, the key and the pass in its log', async () => {
    let id = 0;
    const controller = run(async (_key, pass) => (pass.log.info('hello'), settled), { random: () => ++id / 2 ** 32 });
    controller.enqueue('a');
    controller.enqueue('b');
    await clock.settle();
    expect(lines.map(({ fields }) => fields)).toEqual([
      { controller: 'volume', key: 'a', reconcileID: '00000001' },
      { controller: 'volume', key: 'b', reconcileID: '00000002' },
    ]);
  });

  it('ends after the pass under way, which learns of it, and begins no other', async () => {
    const passes: string[] = [];
    const controller = run(async (key, { signal }) => {
      passes.push(key);
      await clock.sleep(1000, signal).catch(() => undefined);
      await clock.sleep(50);
      return settled;
    });
    controller.enqueue('a');
    controller.enqueue('b');
    await clock.settle();
    let ended = false;
    void running.then(() => (ended = true));
    abort.abort();
    await clock.advance(49);
    expect(ended).toBe(false);
    await clock.advance(1);
    expect(ended).toBe(true);
    expect(passes).toEqual(['a']);
  });

  it('ends also while its sources have not synced', async () => {
    run(async () => settled, { sources: [{ ...none, whenSynced: () => new Promise(() => undefined) }] });
    abort.abort();
    await running;
  });
});
