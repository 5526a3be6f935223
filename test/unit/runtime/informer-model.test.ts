import fc from 'fast-check';
import type { MeshStorPartition } from '../../../src/api/gen/meshstorpartition';
import { partitions } from '../../../src/api/resources';
import { Informer } from '../../../src/runtime/cache/informer';
import { packedStore } from '../../../src/runtime/cache/packed/codec';
import { plainStore } from '../../../src/runtime/cache/store';
import { FakeClock } from '../../support/fake-clock';
import { MemoryKube } from './memory-kube';
import { quietLog } from './quiet-log';

const writer = { fieldManager: 'test' };
const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const label = fc.constantFrom('n1', 'n2', null);
const step = fc.oneof(
  fc.record({ do: fc.constant('write' as const), name, node: label, consumer: label, slot: fc.nat(5) }),
  fc.record({ do: fc.constant('delete' as const), name }),
  fc.record({ do: fc.constant('forget history' as const) }),
  fc.record({
    do: fc.constant('fail' as const),
    verb: fc.constantFrom('list', 'watch'),
    skip: fc.nat(2),
    times: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 3000 }) }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

async function carryOut(one: Step, kube: MemoryKube, clock: FakeClock): Promise<void> {
  if (one.do === 'write') {
    const labels = { node: one.node, consumer: one.consumer } as unknown as Record<string, string>;
    const object = { metadata: { name: one.name, labels }, spec: { slot: one.slot } };
    await kube.apply(partitions, object, { ...writer, force: true });
  } else if (one.do === 'delete') await kube.delete(partitions, one.name);
  else if (one.do === 'forget history') kube.expire();
  else if (one.do === 'pass') await clock.advance(one.ms);
  else {
    let call = 0;
    kube.fault = (verb) => {
      if (verb !== one.verb || ++call <= one.skip || call > one.skip + one.times) return;
      throw new Error('connection reset');
    };
  }
  if (one.do === 'write' || one.do === 'delete') await clock.settle();
}

describe('An informer, whatever happens to the API server and to its watches,', () => {
  it.each([
    ['plain', [{}], plainStore],
    ['packed', [{}], packedStore],
    ['plain over two selectors', [{ labelSelector: 'node=n1' }, { labelSelector: 'consumer=n1' }], plainStore],
    ['packed over two selectors', [{ labelSelector: 'node=n1' }, { labelSelector: 'consumer=n1' }], packedStore],
  ])('holds in the end what the server holds, and has told its handlers so (%s)', async (_how, selectors, store) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const kube = new MemoryKube();
        const clock = new FakeClock();
        const abort = new AbortController();
        const informer = new Informer<MeshStorPartition>({
          client: kube,
          resource: partitions,
          clock,
          random: () => 0,
          log: quietLog(),
          selectors,
          store: store<MeshStorPartition>(),
          indexers: { slot: ({ spec }) => [String(spec.slot)] },
          tuning: { pageSize: 2 },
        });
        const told = new Map<string, MeshStorPartition>();
        informer.onChange(({ before, now }) => {
          expect(told.get((now ?? before).metadata.name)).toEqual(before);
          if (now) told.set(now.metadata.name, now);
          else told.delete(before.metadata.name);
        });
        const running = informer.run(abort.signal);
        for (const one of steps) await carryOut(one, kube, clock);
        kube.fault = () => undefined;
        await clock.advance(120_000);

        const held = (await kube.list(partitions)).items.filter(
          ({ metadata: { labels } }) => selectors.length === 1 || labels?.node === 'n1' || labels?.consumer === 'n1',
        );
        const byName = (objects: MeshStorPartition[]) =>
          objects.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
        expect(byName(informer.list())).toEqual(byName(held));
        expect(byName([...told.values()])).toEqual(byName(held));
        const bySlot = [0, 1, 2, 3, 4, 5].flatMap((slot) => informer.byIndex('slot', String(slot)));
        expect(byName(bySlot)).toEqual(byName(held));
        abort.abort();
        await running;
      }),
      { numRuns: 100 },
    );
  });
});
