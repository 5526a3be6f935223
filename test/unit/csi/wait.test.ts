import { newCall } from '../../../src/csi/call';
import { Changes } from '../../../src/csi/caches';
import { Waiter, type Look } from '../../../src/csi/wait';
import { outcome } from '../../support/csi/world';
import { FakeClock } from '../../support/fake-clock';

class CountedChanges extends Changes {
  open = 0;

  override subscribe(volume: string, callback: () => void): () => void {
    this.open++;
    const stop = super.subscribe(volume, callback);
    return () => {
      this.open--;
      stop();
    };
  }
}

function harness(look: (calls: number) => Look<string>) {
  const clock = new FakeClock(0);
  const changes = new CountedChanges();
  const caller = new AbortController();
  const seen = { looks: 0 };
  const wait = () =>
    new Waiter(clock, changes).until(newCall(clock, caller.signal, 10_000), {
      volume: 'v',
      look: () => look(++seen.looks),
      timedOut: 'ABORTED',
    });
  return { clock, changes, caller, seen, wait };
}

const pending = { pending: 'it is not there' };

describe('waiting', () => {
  it('looks once when there is nothing to wait for', async () => {
    const { wait, seen, clock } = harness(() => ({ done: 'x' }));
    expect(await wait()).toBe('x');
    expect([seen.looks, clock.pending]).toEqual([1, []]);
  });

  it('looks again at changes of its volume, and never in between', async () => {
    const { wait, seen, changes, clock } = harness((looks) => (looks < 3 ? pending : { done: 'x' }));
    const waiting = wait();
    await clock.advance(5_000);
    expect(seen.looks).toBe(1);
    changes.changed('w');
    await clock.settle();
    expect(seen.looks).toBe(1);
    changes.changed('v');
    await clock.settle();
    expect(seen.looks).toBe(2);
    changes.changed('v');
    expect(await waiting).toBe('x');
  });

  it('misses no change that comes while it looks', async () => {
    const world = harness((looks) => {
      if (looks === 1) world.changes.changed('v');
      return looks === 1 ? pending : { done: 'x' };
    });
    expect(await world.wait()).toBe('x');
  });

  it('looks again when silence becomes an answer', async () => {
    const world = harness(() => (world.clock.now() < 3_000 ? { ...pending, recheckAt: 3_000 } : { done: 'x' }));
    const waiting = world.wait();
    await world.clock.advance(3_000);
    expect(await waiting).toBe('x');
    expect(world.seen.looks).toBe(2);
  });

  it('looks a last time at the deadline before it gives up', async () => {
    const { wait, seen, clock } = harness((looks) => (looks === 2 ? { done: 'late' } : pending));
    const waiting = wait();
    await clock.advance(9_000);
    expect(await waiting).toBe('late');
    expect(seen.looks).toBe(2);
  });

  it.each<[string, (world: ReturnType<typeof harness>) => unknown, string]>([
    ['the time is up', ({ clock }) => clock.advance(9_000), 'ABORTED: volume v: still waiting: it is not there'],
    [
      'the caller gives up',
      ({ caller }) => caller.abort(),
      'CANCELLED: volume v: the caller gave up waiting: it is not there',
    ],
  ])('ends when %s, and leaves neither timer nor subscription', async (_, end, expected) => {
    const world = harness(() => pending);
    const answer = outcome(world.wait());
    await world.clock.settle();
    expect(world.changes.open).toBe(1);
    await end(world);
    expect(await answer).toBe(expected);
    expect([world.changes.open, world.clock.pending]).toEqual([0, []]);
  });

  it('ends with what the look throws, and leaves nothing behind', async () => {
    const world = harness(() => {
      throw new Error('broken');
    });
    await expect(world.wait()).rejects.toThrow('broken');
    expect([world.changes.open, world.clock.pending]).toEqual([0, []]);
  });
});

describe('the time for an answer', () => {
  const deadline = (ms?: number) => newCall(new FakeClock(0), new AbortController().signal, ms).deadline;

  it.each([
    [undefined, 59_000],
    [Infinity, 59_000],
    [120_000, 119_000],
    [10_000, 9_000],
    [1_000, 900],
    [-5, 0],
  ])('for a caller that waits %p ms ends after %p ms', (ms, expected) => expect(deadline(ms)).toBe(expected));
});
