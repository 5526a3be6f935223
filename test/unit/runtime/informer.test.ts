import type { MeshStorPartition } from '../../../src/api/gen/meshstorpartition';
import { partitions } from '../../../src/api/resources';
import { Informer, type Change, type InformerOptions } from '../../../src/runtime/cache/informer';
import { FakeClock } from '../../support/fake-clock';
import { MemoryKube } from './memory-kube';
import { recordingLog } from './quiet-log';

const partition = (name: string, labels: Record<string, string> = {}, spec: object = {}): MeshStorPartition =>
  ({ metadata: { name, labels }, spec }) as MeshStorPartition;
const writer = { fieldManager: 'test' };

let kube: MemoryKube;
let clock: FakeClock;
let abort: AbortController;
let running: Promise<void> | undefined;
const { log, lines } = recordingLog();

beforeEach(() => {
  kube = new MemoryKube();
  clock = new FakeClock();
  abort = new AbortController();
  lines.length = 0;
});
afterEach(async () => {
  abort.abort();
  await running;
});

const newInformer = (options: Partial<InformerOptions<MeshStorPartition>> = {}) =>
  new Informer({ client: kube, resource: partitions, clock, random: () => 0, log, ...options });

const start = async (informer: Informer<MeshStorPartition>) => {
  running = informer.run(abort.signal);
  await informer.whenSynced();
};

/** What a handler was told, as `+a`, `~a` and `-a`. */
const recording = (changes: string[]) => (change: Change<MeshStorPartition>) => {
  const sign = change.before ? (change.now ? '~' : '-') : '+';
  changes.push(sign + (change.now ?? change.before).metadata.name);
};
const names = (objects: MeshStorPartition[]) => objects.map(({ metadata }) => metadata.name).sort();

describe('Informer', () => {
  it('holds what there is once it has synced, and follows what changes', async () => {
    await kube.create(partitions, partition('a'));
    const informer = newInformer({ tuning: { pageSize: 1 } });
    await kube.create(partitions, partition('b'));
    expect(informer.hasSynced).toBe(false);
    await start(informer);
    expect(informer.hasSynced).toBe(true);
    expect(names(informer.list())).toEqual(['a', 'b']);

    await kube.patch(partitions, 'a', { spec: { slot: 3 } }, writer);
    await kube.delete(partitions, 'b');
    await clock.settle();
    expect(informer.get('a')?.spec.slot).toBe(3);
    expect(informer.get('b')).toBeUndefined();
    expect([...informer.keys()]).toEqual(['a']);
    expect(informer.size).toBe(1);
  });

  it('lists once and never again while watches work', async () => {
    const informer = newInformer();
    await start(informer);
    for (let i = 0; i < 50; i++) {
      await kube.create(partitions, partition(`p${i}`));
      await clock.advance(60_000);
    }
    expect(informer.size).toBe(50);
    expect(kube.count('list')).toBe(1);
  });

  it('finds objects by what an index function says of them now', async () => {
    const informer = newInformer({ indexers: { node: ({ spec }) => (spec.nodeName ? [spec.nodeName] : []) } });
    await start(informer);
    for (const name of ['a', 'b', 'c']) await kube.create(partitions, partition(name, {}, { nodeName: 'n1' }));
    await kube.patch(partitions, 'b', { spec: { nodeName: 'n2' } }, writer);
    await kube.delete(partitions, 'c');
    await clock.settle();
    expect(names(informer.byIndex('node', 'n1'))).toEqual(['a']);
    expect(names(informer.byIndex('node', 'n2'))).toEqual(['b']);
    expect(informer.byIndex('node', 'n3')).toEqual([]);
    expect(() => informer.byIndex('nope', 'x')).toThrow("no index 'nope'; there are: node");
  });

  it('leaves an object out of an index whose function throws on it', async () => {
    await kube.create(partitions, { metadata: { name: 'odd' } } as MeshStorPartition);
    const informer = newInformer({ indexers: { node: ({ spec }) => [spec.nodeName] } });
    await start(informer);
    expect(names(informer.list())).toEqual(['odd']);
  });

  it('tells handlers of every change, late ones first of all that there is', async () => {
    await kube.create(partitions, partition('a'));
    const informer = newInformer();
    const early: string[] = [];
    const late: string[] = [];
    informer.onChange(recording(early));
    await start(informer);
    const stop = informer.onChange(recording(late));
    await kube.patch(partitions, 'a', { spec: { slot: 1 } }, writer);
    await clock.settle();
    stop();
    await kube.delete(partitions, 'a');
    await clock.settle();
    expect(early).toEqual(['+a', '~a', '-a']);
    expect(late).toEqual(['+a', '~a']);
  });

  it('shows a handler the cache as it is after the change', async () => {
    const informer = newInformer();
    const slots: unknown[] = [];
    informer.onChange(({ before, now }) =>
      slots.push([before?.spec.slot, now?.spec.slot, informer.get('a')?.spec.slot]),
    );
    await start(informer);
    await kube.create(partitions, partition('a', {}, { slot: 1 }));
    await kube.patch(partitions, 'a', { spec: { slot: 2 } }, writer);
    await kube.delete(partitions, 'a');
    await clock.settle();
    expect(slots).toEqual([
      [undefined, 1, 1],
      [1, 2, 2],
      [2, undefined, undefined],
    ]);
  });

  it('outlives a handler that throws, and says which object it was', async () => {
    const informer = newInformer();
    const seen: string[] = [];
    informer.onChange(() => {
      throw new Error('broken handler');
    });
    informer.onChange(recording(seen));
    await start(informer);
    await kube.create(partitions, partition('a'));
    await kube.create(partitions, partition('b'));
    await clock.settle();
    expect(seen).toEqual(['+a', '+b']);
    expect(lines).toMatchObject([{ level: 'error', fields: { key: 'a' } }, { fields: { key: 'b' } }]);
    expect(kube.count('watch')).toBe(1);
  });

  it('reports after a new list what vanished and what changed while it did not watch, and nothing else', async () => {
    for (const name of ['a', 'b', 'c']) await kube.create(partitions, partition(name));
    const informer = newInformer();
    const changes: string[] = [];
    await start(informer);
    informer.onChange(recording(changes));
    await clock.settle();
    changes.length = 0;
    kube.expire();
    await kube.delete(partitions, 'b');
    await kube.patch(partitions, 'c', { spec: { slot: 1 } }, writer);
    await kube.create(partitions, partition('d'));
    await clock.advance(1000);
    expect(changes).toEqual(['~c', '+d', '-b']);
    expect(kube.count('list')).toBe(2);
  });
});

describe('Informer whose list breaks off', () => {
  it('believes only the list that came to its end', async () => {
    for (const name of ['a', 'b', 'c']) await kube.create(partitions, partition(name));
    let lists = 0;
    kube.fault = (verb) => {
      if (verb === 'list' && ++lists === 2) throw new Error('connection reset');
    };
    const informer = newInformer({ tuning: { pageSize: 2 } });
    running = informer.run(abort.signal);
    await clock.settle();
    expect(informer.hasSynced).toBe(false);
    expect(names(informer.list())).toEqual(['a', 'b']);
    await kube.delete(partitions, 'a');
    await clock.advance(1000);
    expect(informer.hasSynced).toBe(true);
    expect(names(informer.list())).toEqual(['b', 'c']);
  });
});

describe('Informer after a restore of the API server', () => {
  it('takes what the only watch says, though versions went back', async () => {
    const informer = newInformer();
    await kube.create(partitions, partition('a', {}, { slot: 1 }));
    await kube.patch(partitions, 'a', { spec: { slot: 2 } }, writer);
    await start(informer);
    await clock.settle();
    const restored = new MemoryKube();
    await restored.create(partitions, partition('a', {}, { slot: 1 }));
    kube.list = restored.list.bind(restored);
    kube.expire();
    await clock.advance(1000);
    expect(informer.get('a')?.spec.slot).toBe(1);
  });
});

describe('Informer over several selectors', () => {
  const selectors = [{ labelSelector: 'node=n1' }, { labelSelector: 'consumer=n1' }];
  const started = async () => {
    const informer = newInformer({ selectors });
    const changes: string[] = [];
    informer.onChange(recording(changes));
    await start(informer);
    return { informer, changes };
  };

  it('holds what either selects, once', async () => {
    await kube.create(partitions, partition('both', { node: 'n1', consumer: 'n1' }));
    await kube.create(partitions, partition('mine', { node: 'n1' }));
    await kube.create(partitions, partition('used', { consumer: 'n1' }));
    await kube.create(partitions, partition('other', { node: 'n2', consumer: 'n2' }));
    const { informer, changes } = await started();
    expect(names(informer.list())).toEqual(['both', 'mine', 'used']);
    expect(changes.sort()).toEqual(['+both', '+mine', '+used']);
  });

  it('lets an object go only when neither selects it any more', async () => {
    const { informer, changes } = await started();
    await kube.create(partitions, partition('p', { node: 'n1', consumer: 'n1' }));
    await clock.settle();
    await kube.patch(partitions, 'p', { metadata: { labels: { consumer: 'n2' } } }, writer);
    await clock.settle();
    expect(informer.get('p')?.metadata.labels).toEqual({ node: 'n1', consumer: 'n2' });
    await kube.patch(partitions, 'p', { metadata: { labels: { node: null } } }, writer);
    await clock.settle();
    expect(informer.get('p')).toBeUndefined();
    expect(changes).toEqual(['+p', '~p', '-p']);
  });

  it('keeps after a new list of one what only the other selects', async () => {
    await kube.create(partitions, partition('mine', { node: 'n1' }));
    await kube.create(partitions, partition('used', { consumer: 'n1' }));
    const { informer, changes } = await started();
    await clock.settle();
    kube.expire();
    await clock.advance(2000);
    expect(kube.count('list')).toBe(4);
    expect(names(informer.list())).toEqual(['mine', 'used']);
    expect(changes.sort()).toEqual(['+mine', '+used']);
  });

  it('never puts an older version, brought by the slower watch, in place of a newer one', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    let watches = 0;
    kube.fault = (verb) => (verb === 'watch' && ++watches === 2 ? held : undefined);
    const { informer, changes } = await started();
    await kube.create(partitions, partition('p', { node: 'n1', consumer: 'n1' }, { slot: 1 }));
    await kube.patch(partitions, 'p', { spec: { slot: 2 } }, writer);
    await clock.settle();
    release();
    await clock.settle();
    expect(changes).toEqual(['+p', '~p']);
    expect(informer.get('p')?.spec.slot).toBe(2);
  });

  it('has synced only when both were listed', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    let lists = 0;
    kube.fault = (verb) => (verb === 'list' && ++lists === 2 ? held : undefined);
    const informer = newInformer({ selectors });
    running = informer.run(abort.signal);
    await clock.settle();
    expect(informer.hasSynced).toBe(false);
    release();
    await informer.whenSynced();
    expect(informer.hasSynced).toBe(true);
  });
});
