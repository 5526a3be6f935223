import type { KubeObject } from '../../../src/api/meta';
import { events, fitNote, type Event } from '../../../src/runtime/events/event';
import { EventRecorder, type EventRecorderOptions } from '../../../src/runtime/events/recorder';
import { ApiError } from '../../../src/runtime/kube/client';
import { newMetrics } from '../../../src/runtime/metrics';
import { FakeClock } from '../../support/fake-clock';
import { MemoryKube } from './memory-kube';
import { quietLog } from './quiet-log';

const volume = (name: string, namespace?: string): KubeObject => ({
  apiVersion: 'csi.meshstor.io/v1alpha1',
  kind: 'MeshStorVolume',
  metadata: { name, namespace, uid: `uid-${name}`, resourceVersion: '7' },
});

let kube: MemoryKube;
let clock: FakeClock;
let abort: AbortController;
let running: Promise<void>;
let metrics = newMetrics();

const start = (options: Partial<EventRecorderOptions> = {}) => {
  let id = 0;
  const random = () => (id++ % 1000) / 1000;
  const who = { component: 'meshstor.io/controller', instance: 'controller-0' };
  const recorder = new EventRecorder({ client: kube, ...who, clock, random, log: quietLog(), metrics, ...options });
  running = recorder.run(abort.signal);
  return recorder;
};
const written = async (namespace?: string): Promise<Event[]> => (await kube.list(events, { namespace })).items;
const dropped = (why: string) => metrics.value('events_dropped_total', { why });

beforeEach(() => {
  kube = new MemoryKube();
  clock = new FakeClock('2026-01-01T00:00:00Z');
  abort = new AbortController();
  metrics = newMetrics();
});
afterEach(async () => {
  abort.abort();
  await clock.advance(5_000);
  await running;
});

describe('EventRecorder', () => {
  it('writes an event of events.k8s.io/v1, in namespace default for a cluster-scoped object', async () => {
    start().record(volume('v1'), 'Warning', 'ReplacementBlocked', 'no node has room');
    await clock.settle();
    expect(await written('default')).toEqual([
      {
        metadata: expect.objectContaining({ name: expect.stringMatching(/^v1\.[0-9a-f]{16}$/) as unknown }) as unknown,
        eventTime: '2026-01-01T00:00:00.000000Z',
        reportingController: 'meshstor.io/controller',
        reportingInstance: 'controller-0',
        action: 'ReplacementBlocked',
        reason: 'ReplacementBlocked',
        type: 'Warning',
        note: 'no node has room',
        regarding: {
          apiVersion: 'csi.meshstor.io/v1alpha1',
          kind: 'MeshStorVolume',
          name: 'v1',
          uid: 'uid-v1',
          resourceVersion: '7',
        },
      },
    ]);
  });

  it('writes it in kube-system where an old API server takes it only there', async () => {
    kube.fault = () => {
      const { body } = kube.calls.at(-1)! as { body?: Event };
      if (body?.metadata?.namespace === 'default') throw new ApiError(422, 'Invalid', 'does not match event.namespace');
    };
    const recorder = start();
    recorder.record(volume('v1'), 'Normal', 'A', 'x');
    await clock.advance(30_000);
    recorder.record(volume('v1'), 'Normal', 'A', 'x');
    recorder.record(volume('v2'), 'Normal', 'A', 'x');
    await clock.advance(60_000);
    expect(kube.count('create')).toBe(3);
    expect(await written('kube-system')).toMatchObject([{ series: { count: 2 } }, {}]);
  });

  it('writes the event of a namespaced object in its namespace', async () => {
    start().record(volume('claim', 'apps'), 'Normal', 'Bound', 'ok');
    await clock.settle();
    expect(await written('apps')).toHaveLength(1);
  });

  it('counts repetitions up in one event, at most once a minute', async () => {
    const recorder = start();
    for (let second = 0; second < 150; second++) {
      recorder.record(volume('v1'), 'Normal', 'Syncing', 'going on');
      await clock.advance(1000);
    }
    const [event, ...others] = await written();
    expect(others).toEqual([]);
    expect(kube.calls.map(({ verb }) => verb).filter((verb) => verb !== 'list')).toEqual(['create', 'patch', 'patch']);
    expect(event!.series).toEqual({ count: 120, lastObservedTime: '2026-01-01T00:01:59.000000Z' });
    await clock.advance(60_000);
    expect((await written())[0]!.series).toMatchObject({ count: 150 });
  });

  it('counts also what was repeated before the first could be written', async () => {
    const recorder = start();
    for (let i = 0; i < 3; i++) recorder.record(volume('v1'), 'Normal', 'A', 'x');
    await clock.advance(60_000);
    expect(await written()).toMatchObject([{ series: { count: 3 } }]);
  });

  it('tells events apart by object, type, reason and note, or by what the caller calls the same', async () => {
    const recorder = start();
    recorder.record(volume('v1'), 'Normal', 'A', 'x');
    recorder.record(volume('v2'), 'Normal', 'A', 'x');
    recorder.record(volume('v1'), 'Warning', 'A', 'x');
    recorder.record(volume('v1'), 'Normal', 'B', 'x');
    recorder.record(volume('v1'), 'Normal', 'A', 'y');
    recorder.record(volume('v1'), 'Normal', 'P', '10 %', 'progress');
    recorder.record(volume('v1'), 'Normal', 'P', '20 %', 'progress');
    await clock.settle();
    expect(await written()).toHaveLength(6);
  });

  it('begins a new event after six quiet minutes', async () => {
    const recorder = start();
    recorder.record(volume('v1'), 'Normal', 'A', 'x');
    await clock.advance(359_000);
    recorder.record(volume('v1'), 'Normal', 'A', 'x');
    await clock.advance(300_000);
    expect(await written()).toHaveLength(1);
    await clock.advance(61_000);
    recorder.record(volume('v1'), 'Normal', 'A', 'x');
    await clock.settle();
    expect(await written()).toHaveLength(2);
  });

  it('goes on in another event when the API server has dropped the first', async () => {
    const recorder = start();
    recorder.record(volume('v1'), 'Normal', 'A', 'x');
    await clock.advance(30_000);
    await kube.delete(events, (await written())[0]!.metadata.name, { namespace: 'default' });
    recorder.record(volume('v1'), 'Normal', 'A', 'x');
    await clock.advance(60_000);
    expect(await written()).toMatchObject([{ series: { count: 2 } }]);
  });

  it('never blocks or fails the caller, tries again while the server is away, and counts what it drops', async () => {
    kube.fault = () => {
      throw new Error('connection refused');
    };
    const recorder = start();
    recorder.record(volume('v1'), 'Normal', 'A', 'x');
    await clock.advance(5_000);
    kube.fault = () => undefined;
    await clock.advance(10_000);
    expect(await written()).toHaveLength(1);

    kube.fault = () => {
      throw new Error('connection refused');
    };
    recorder.record(volume('v2'), 'Normal', 'A', 'x');
    await clock.advance(600_000);
    expect(await dropped('unreachable')).toBe(1);
    expect(await dropped('refused')).toBe(0);
  });

  it('takes an event that exists for its own, whose answer was lost', async () => {
    const create = kube.create.bind(kube);
    kube.create = async (...args) => {
      await create(...args);
      kube.create = create;
      throw new Error('connection reset');
    };
    start().record(volume('v1'), 'Normal', 'A', 'x');
    await clock.advance(10_000);
    expect(await written()).toHaveLength(1);
    expect(await dropped('refused')).toBe(0);
  });

  it('drops at once what the server refuses', async () => {
    kube.fault = () => {
      throw new ApiError(422, 'Invalid', 'bad event');
    };
    start().record(volume('v1'), 'Normal', 'A', 'x');
    await clock.advance(60_000);
    expect(kube.calls).toHaveLength(1);
    expect(await dropped('refused')).toBe(1);
  });

  it('holds no more than its capacity', async () => {
    kube.fault = () => new Promise(() => undefined);
    const recorder = start({ capacity: 10 });
    for (let i = 0; i < 25; i++) recorder.record(volume(`v${i}`), 'Normal', 'A', 'x');
    expect(await dropped('full')).toBe(15);
    abort.abort();
    await clock.advance(2_000);
    await running;
  });

  it('writes what is still unwritten when it is shut down', async () => {
    const recorder = start();
    abort.abort();
    recorder.record(volume('late'), 'Normal', 'A', 'after the end');
    await running;
    expect(await written()).toEqual([]);

    abort = new AbortController();
    const other = start();
    for (let i = 0; i < 20; i++) other.record(volume(`v${i}`), 'Normal', 'A', 'x');
    abort.abort();
    await running;
    expect(await written()).toHaveLength(20);
  });
});

describe('fitNote', () => {
  it.each(['x', 'ä', '€', '😀'])('cuts notes of %j to 1024 bytes at a whole character', (character) => {
    const cut = fitNote(character.repeat(1100));
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(1024);
    expect(Buffer.byteLength(cut)).toBeGreaterThan(1016);
    expect(cut).toMatch(new RegExp(`^(${character})+…$`, 'u'));
    expect(fitNote(character.repeat(256))).toBe(character.repeat(256));
  });
});
