import { Call } from '../../../src/host/linux/call';
import { Locks } from '../../../src/host/linux/locks';
import { FakeClock } from '../../support/fake-clock';

/** A promise to be settled from outside. */
function open<T = void>() {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}

describe('a lock', () => {
  const clock = new FakeClock();
  const call = (verb: string, ms = 10_000) => new Call(verb, clock, ms);

  it('is held by one at a time, first come first served', async () => {
    const locks = new Locks();
    const seen: string[] = [];
    const gates = [open(), open(), open()];
    const runs = gates.map((gate, i) =>
      locks.run('drive a', call(`v${i}`), async () => {
        seen.push(`begin ${i}`);
        await gate.promise;
        seen.push(`end ${i}`);
      }),
    );
    for (const gate of [...gates].reverse()) gate.resolve();
    await Promise.all(runs);
    expect(seen).toEqual(['begin 0', 'end 0', 'begin 1', 'end 1', 'begin 2', 'end 2']);
  });

  it('of one thing does not keep from another', async () => {
    const locks = new Locks();
    const gate = open();
    const first = locks.run('drive a', call('one'), () => gate.promise);
    expect(await locks.run('drive b', call('two'), async () => 'done')).toBe('done');
    gate.resolve();
    await first;
  });

  it('is given on after a failure', async () => {
    const locks = new Locks();
    await expect(locks.run('a', call('one'), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await locks.run('a', call('two'), async () => 'yes')).toBe('yes');
  });

  it('is waited for until the deadline, and no longer; the one behind moves up', async () => {
    const locks = new Locks();
    const gate = open();
    const holder = locks.run('volume x', call('stopArray'), () => gate.promise);
    const late = locks.run('volume x', call('addArrayMember', 1_000), async () => 'never');
    const failure = expect(late).rejects.toMatchObject({
      kind: 'Timeout',
      message: 'addArrayMember: still waiting for stopArray, which works on volume x',
    });
    const third = locks.run('volume x', call('getStack'), async () => 'third');
    await clock.advance(1_000);
    await failure;
    gate.resolve();
    await holder;
    expect(await third).toBe('third');
  });

  it('is kept until what its holder began has really ended, although the holder has answered', async () => {
    const locks = new Locks();
    const stuck = open();
    const first = call('stopArray');
    await locks.run('a', first, async () => {
      first.unfinished.add(stuck.promise);
    });
    let entered = false;
    const second = locks.run('a', call('stopArray'), async () => {
      entered = true;
    });
    await clock.settle();
    expect(entered).toBe(false);
    stuck.resolve();
    await second;
    expect(entered).toBe(true);
  });
});

describe('a call', () => {
  it('counts down, and refuses when its time is up or its caller gone', () => {
    const clock = new FakeClock(0);
    const abort = new AbortController();
    const call = new Call('getStack', clock, 1_000, abort.signal);
    expect(call.left()).toBe(1_000);
    abort.abort();
    expect(() => call.left()).toThrow(expect.objectContaining({ kind: 'Timeout' }) as Error);
    expect(() => new Call('getStack', clock, 0).left()).toThrow('getStack: the deadline has passed');
    expect(call.aftermath(5_000).left()).toBe(5_000);
  });

  it('repeats until there is an answer, and stops at its limit or its deadline', async () => {
    const clock = new FakeClock(0);
    const call = new Call('x', clock, 1_000);
    let tries = 0;
    const found = call.poll(500, 100, async () => (++tries === 3 ? 'found' : undefined));
    await clock.advance(1_000);
    expect(await found).toBe('found');
    const never = new Call('x', clock, 1_000).poll(300, 100, async () => undefined);
    await clock.advance(1_000);
    expect(await never).toBeUndefined();
    const late = expect(new Call('x', clock, 150).poll(10_000, 100, async () => undefined)).rejects.toMatchObject({
      kind: 'Timeout',
    });
    await clock.advance(1_000);
    await late;
  });
});
