import fc from 'fast-check';
import { newMetrics } from '../../../src/runtime/metrics';
import { WorkQueue, type WorkQueueOptions } from '../../../src/runtime/queue/workqueue';
import { FakeClock } from '../../support/fake-clock';

const newQueue = (options: Partial<WorkQueueOptions> = {}) => {
  const clock = new FakeClock(0);
  const queue = new WorkQueue({ name: 'q', clock, random: () => 0, ...options });
  return { clock, queue };
};

/** What a get() gave, if it has given anything yet. */
const taken = async (queue: WorkQueue) => {
  const got = queue.get();
  return Promise.race([got, new Promise<'nothing'>((resolve) => setImmediate(() => resolve('nothing')))]);
};

describe('WorkQueue', () => {
  it('hands keys out in order of arrival, each once however often it was added', async () => {
    const { queue } = newQueue();
    for (const key of ['a', 'b', 'a', 'c', 'a']) queue.add(key);
    expect(queue.depth).toBe(3);
    expect([await queue.get(), await queue.get(), await queue.get()]).toEqual(['a', 'b', 'c']);
    expect(queue.depth).toBe(0);
  });

  it('holds back a key that is being worked on, and hands it out again if it was added meanwhile', async () => {
    const { queue } = newQueue();
    queue.add('a');
    await queue.get();
    queue.add('a');
    const next = queue.get();
    expect(await Promise.race([next, Promise.resolve('held')])).toBe('held');
    queue.done('a');
    expect(await next).toBe('a');
    queue.done('a');
    expect(await taken(queue)).toBe('nothing');
  });

  it('gives a waiting worker the key as soon as it is added', async () => {
    const { queue } = newQueue();
    const first = queue.get();
    const second = queue.get();
    queue.add('a');
    queue.add('b');
    expect(await Promise.all([first, second])).toEqual(['a', 'b']);
  });

  it('adds after a delay, at the earliest of the times asked for', async () => {
    const { queue, clock } = newQueue();
    queue.addAfter('a', 1000);
    queue.addAfter('b', 500);
    queue.addAfter('a', 300);
    queue.addAfter('a', 2000);
    await clock.advance(299);
    expect(queue.depth).toBe(0);
    await clock.advance(1);
    expect(await queue.get()).toBe('a');
    await clock.advance(200);
    expect(await queue.get()).toBe('b');
    queue.done('a');
    queue.done('b');
    await clock.advance(10_000);
    expect(queue.depth).toBe(0);
  });

  it('keeps a single timer however many keys wait', () => {
    const { queue, clock } = newQueue();
    for (let i = 0; i < 100; i++) queue.addAfter(`k${i}`, 1000 - i);
    expect(clock.pending).toEqual([901]);
  });

  it('waits for longer than a timer can hold', async () => {
    const { queue, clock } = newQueue();
    const month = 31 * 24 * 3_600_000;
    queue.addAfter('a', month);
    await clock.advance(month - 1);
    expect(queue.depth).toBe(0);
    await clock.advance(1);
    expect(queue.depth).toBe(1);
  });

  it('backs off exponentially per key from 5 ms to 1000 s, until the key is forgotten', async () => {
    const { queue, clock } = newQueue();
    const delays: number[] = [];
    for (let i = 0; i < 20; i++) {
      queue.addRateLimited('a');
      delays.push(clock.pending[0]!);
      await clock.advance(clock.pending[0]!);
      queue.done((await queue.get())!);
    }
    expect(delays.slice(0, 4)).toEqual([5, 10, 20, 40]);
    expect(delays.at(-2)).toBe(1_000_000);
    expect(delays.at(-1)).toBe(1_000_000);
    expect(queue.retries('a')).toBe(20);
    queue.addRateLimited('b');
    expect(clock.pending).toEqual([5]);
    queue.forget('a');
    expect(queue.retries('a')).toBe(0);
  });

  it('spreads back-offs by the share configured', () => {
    const { queue, clock } = newQueue({ random: () => 0.5, rateLimit: { baseMs: 100, jitter: 0.2 } });
    queue.addRateLimited('a');
    expect(clock.pending).toEqual([110]);
  });

  it('drains at shut-down: what is queued still comes out, delayed and new keys do not', async () => {
    const { queue, clock } = newQueue();
    const { queue: empty } = newQueue();
    const waiting = empty.get();
    empty.shutDown();
    expect(await waiting).toBeUndefined();

    queue.add('a');
    queue.addAfter('late', 10);
    await queue.get();
    queue.add('a');
    queue.add('b');
    queue.shutDown();
    queue.add('new');
    queue.addAfter('new', 5);
    queue.addRateLimited('new');
    await clock.advance(1000);
    expect(await queue.get()).toBe('b');
    queue.done('a');
    expect(await queue.get()).toBe('a');
    expect(await queue.get()).toBeUndefined();
  });

  it('reports a done() that has no get()', () => {
    expect(() => newQueue().queue.done('a')).toThrow("done('a') without a get()");
  });

  it('counts under the names of controller-runtime', async () => {
    const metrics = newMetrics();
    const { queue, clock } = newQueue({ metrics });
    queue.add('a');
    queue.add('b');
    await clock.advance(2000);
    await queue.get();
    await clock.advance(3000);
    const value = (name: string) => metrics.value(name, { name: 'q', controller: 'q' });
    expect(await value('workqueue_depth')).toBe(1);
    expect(await value('workqueue_unfinished_work_seconds')).toBe(3);
    expect(await value('workqueue_longest_running_processor_seconds')).toBe(3);
    queue.done('a');
    queue.addRateLimited('a');
    expect(await value('workqueue_adds_total')).toBe(2);
    expect(await value('workqueue_retries_total')).toBe(1);
    expect(await value('workqueue_unfinished_work_seconds')).toBe(0);
    const text = await metrics.text();
    expect(text).toContain('workqueue_queue_duration_seconds_sum{name="q",controller="q"} 2');
    expect(text).toContain('workqueue_work_duration_seconds_sum{name="q",controller="q"} 3');
  });
});

describe('WorkQueue, whatever is done in whatever order,', () => {
  const key = fc.constantFrom('a', 'b', 'c');
  const step = fc.oneof(
    fc.record({ do: fc.constant('add' as const), key }),
    fc.record({ do: fc.constant('addAfter' as const), key, ms: fc.integer({ min: 0, max: 20 }) }),
    fc.record({ do: fc.constant('fail' as const), key }),
    fc.record({ do: fc.constant('get' as const) }),
    fc.record({ do: fc.constant('done' as const), which: fc.nat(2) }),
    fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 15 }) }),
  );

  it('never hands a key to two workers, and hands out every key after each of its adds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { queue, clock } = newQueue();
        const working: string[] = [];
        /** Added, at once or for later, and not handed out since. */
        const owed = new Set<string>();
        const receive = (got: string | undefined) => {
          if (got === undefined) return;
          expect(working).not.toContain(got);
          working.push(got);
          owed.delete(got);
        };
        const finish = (which: number) => queue.done(working.splice(which % working.length, 1)[0]!);

        for (const one of steps) {
          if (one.do === 'add') queue.add(one.key);
          else if (one.do === 'addAfter') queue.addAfter(one.key, one.ms);
          else if (one.do === 'fail') queue.addRateLimited(one.key);
          else if (one.do === 'get') void queue.get().then(receive);
          else if (one.do === 'done' && working.length > 0) finish(one.which);
          else if (one.do === 'pass') await clock.advance(one.ms);
          if ('key' in one) owed.add(one.key);
          await clock.settle();
        }
        // Late enough for every delay; then as many workers as it takes.
        await clock.advance(2_000_000);
        while (working.length > 0 || queue.depth > 0) {
          if (queue.depth > 0) receive(await queue.get());
          await clock.settle();
          if (working.length > 0) finish(0);
          await clock.settle();
        }
        expect([...owed]).toEqual([]);
        expect(clock.pending).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
