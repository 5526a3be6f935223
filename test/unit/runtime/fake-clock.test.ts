import { FakeClock } from '../../support/fake-clock';

describe('FakeClock', () => {
  it('runs timers in order of time, then of setting, at their own time', async () => {
    const clock = new FakeClock(1000);
    const ran: string[] = [];
    for (const [name, ms] of [
      ['b', 20],
      ['a', 10],
      ['c', 20],
    ] as const) {
      clock.setTimer(ms, () => ran.push(`${name}@${clock.now()}`));
    }
    await clock.advance(20);
    expect(ran).toEqual(['a@1010', 'b@1020', 'c@1020']);
    expect(clock.now()).toBe(1020);
  });

  it('runs timers that callbacks and promise chains set, when they fall due within the advance', async () => {
    const clock = new FakeClock(0);
    const ran: number[] = [];
    const loop = async () => {
      for (;;) {
        await clock.sleep(10);
        ran.push(clock.now());
      }
    };
    void loop();
    await clock.advance(35);
    expect(ran).toEqual([10, 20, 30]);
  });

  it('never calls a cancelled timer, and rejects an aborted sleep with the reason', async () => {
    const clock = new FakeClock();
    let called = false;
    clock.setTimer(5, () => (called = true)).cancel();
    const abort = new AbortController();
    const asleep = clock.sleep(5, abort.signal);
    abort.abort(new Error('enough'));
    await expect(asleep).rejects.toThrow('enough');
    await clock.advance(10);
    expect(called).toBe(false);
    expect(clock.pending).toEqual([]);
  });

  it('advances until a condition holds, and says when it never will', async () => {
    const clock = new FakeClock(0);
    let count = 0;
    const tick = () => {
      count++;
      clock.setTimer(100, tick);
    };
    clock.setTimer(100, tick);
    await clock.advanceUntil(() => count === 3);
    expect(clock.now()).toBe(300);
    await expect(clock.advanceUntil(() => false, 1000)).rejects.toThrow('within 1000 ms');
    await expect(new FakeClock().advanceUntil(() => false)).rejects.toThrow('no timer is pending');
  });

  it('tells when a timer of the wanted length is set', async () => {
    const clock = new FakeClock();
    let seen = false;
    const waiting = clock.timerSet((ms) => ms > 50).then(() => (seen = true));
    clock.setTimer(10, () => undefined);
    await clock.settle();
    expect(seen).toBe(false);
    clock.setTimer(60, () => undefined);
    await waiting;
    expect(seen).toBe(true);
  });
});
