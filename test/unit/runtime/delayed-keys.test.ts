import fc from 'fast-check';
import { DelayedKeys } from '../../../src/runtime/queue/delayed';
import { FakeClock } from '../../support/fake-clock';

describe('DelayedKeys', () => {
  it('releases every key once, exactly at the earliest time asked for', async () => {
    const request = fc.record({ key: fc.nat(20), ms: fc.integer({ min: 1, max: 50 }), pass: fc.nat(3) });
    await fc.assert(
      fc.asyncProperty(fc.array(request, { maxLength: 80 }), async (requests) => {
        const clock = new FakeClock(0);
        const due = new Map<string, number>();
        const delayed = new DelayedKeys(clock, (key) => {
          expect(due.get(key)).toBe(clock.now());
          due.delete(key);
        });
        for (const { key, ms, pass } of requests) {
          delayed.add(`${key}`, ms);
          due.set(`${key}`, Math.min(due.get(`${key}`) ?? Infinity, clock.now() + ms));
          expect(delayed.size).toBe(due.size);
          await clock.advance(pass);
        }
        await clock.advance(50);
        expect(due.size).toBe(0);
        expect(clock.pending).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('releases nothing after it was cleared', async () => {
    const clock = new FakeClock();
    const released: string[] = [];
    const delayed = new DelayedKeys(clock, (key) => released.push(key));
    delayed.add('a', 10);
    delayed.clear();
    await clock.advance(100);
    expect(released).toEqual([]);
    expect(clock.pending).toEqual([]);
  });
});
