import { Recent } from '../../../src/host/linux/recent';
import { FakeClock } from '../../support/fake-clock';

/** Reads that count themselves. */
function reading() {
  const clock = new FakeClock(0);
  const recent = new Recent<number>(clock, 5_000);
  recent.hearing(true);
  let reads = 0;
  return { clock, recent, read: (key = 'drive') => recent.or(key, async () => ++reads) };
}

describe('what was read a moment ago', () => {
  it('is not read again', async () => {
    const { read } = reading();
    expect([await read(), await read()]).toEqual([1, 1]);
  });
  it('is read again once it is too old', async () => {
    const { clock, read } = reading();
    await read();
    await clock.advance(5_000);
    expect(await read()).toBe(1);
    await clock.advance(1);
    expect(await read()).toBe(2);
  });
  it('is read again after somebody said that it changed, and nothing else is', async () => {
    const { recent, read } = reading();
    await read('this');
    await read('other');
    recent.forget((key) => key === 'this');
    expect([await read('other'), await read('this')]).toEqual([2, 3]);
  });
  it('is not remembered when something changed while it was being read', async () => {
    const { recent } = reading();
    const remember = recent.reading();
    recent.forget(() => false);
    remember('drive', 1);
    expect(recent.get('drive')).toBeUndefined();
  });
  it('is not remembered while no events are heard, and counts no more once some may have been missed', async () => {
    const { recent, read } = reading();
    await read();
    recent.hearing(false);
    expect([await read(), await read()]).toEqual([2, 3]);
    recent.hearing(true);
    expect([await read(), await read()]).toEqual([4, 4]);
  });
  it('is nothing when the read fails', async () => {
    const { recent, read } = reading();
    await expect(recent.or('drive', () => Promise.reject(new Error('unreadable')))).rejects.toThrow('unreadable');
    expect(await read()).toBe(1);
  });
});
