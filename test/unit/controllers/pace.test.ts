import fc from 'fast-check';
import { Pace, type Change } from '../../../src/controllers/volume/pace';
import { FakeClock } from '../../support/fake-clock';

function pacing() {
  const clock = new FakeClock();
  const pace = new Pace(clock, { settleMs: 1_000, progressMs: 5_000 });
  return { clock, pace, delay: (change: Change) => pace.delay('pvc-1', change), written: () => pace.written('pvc-1') };
}

test('what people and the other half act on is written at once, always', async () => {
  const { clock, delay, written } = pacing();
  expect(delay('now')).toBe(0);
  written();
  await clock.advance(1);
  expect(delay('now')).toBe(0);
});

describe('changes of a volume that is being built', () => {
  test('are collected for a second from the first of them on', async () => {
    const { clock, delay } = pacing();
    expect(delay('early')).toBe(1_000);
    await clock.advance(600);
    expect(delay('early')).toBe(400);
    await clock.advance(400);
    expect(delay('early')).toBe(0);
    await clock.advance(5_000);
    expect(delay('early')).toBe(0);
  });
  test('are collected anew after a write', async () => {
    const { clock, delay, written } = pacing();
    delay('early');
    await clock.advance(1_000);
    written();
    expect(delay('early')).toBe(1_000);
  });
  test('are collected for longer where somebody else is about to write', () => {
    const { pace } = pacing();
    expect(pace.delay('pvc-1', 'early', 2)).toBe(2_000);
    expect(pace.delay('pvc-2', 'now', 2)).toBe(0);
  });
  test('that undo themselves are forgotten', async () => {
    const { clock, delay } = pacing();
    delay('early');
    await clock.advance(900);
    expect(delay('none')).toBe(0);
    expect(delay('early')).toBe(1_000);
  });
});

describe('progress', () => {
  test('is written at once when nothing was written before, or not for 5 s', async () => {
    const { clock, delay, written } = pacing();
    expect(delay('detail')).toBe(0);
    written();
    await clock.advance(5_000);
    expect(delay('detail')).toBe(0);
  });
  test('is written 5 s after the last write, however often it moves', async () => {
    const { clock, delay, written } = pacing();
    written();
    await clock.advance(2_000);
    expect(delay('detail')).toBe(3_000);
    await clock.advance(2_999);
    expect(delay('detail')).toBe(1);
  });
});

test('one volume does not wait for another', async () => {
  const { clock, pace, delay, written } = pacing();
  written();
  delay('early');
  await clock.advance(400);
  expect(pace.delay('pvc-2', 'detail')).toBe(0);
  expect(pace.delay('pvc-2', 'early')).toBe(1_000);
});

test('a volume that is forgotten starts anew', () => {
  const { pace, delay, written } = pacing();
  written();
  delay('early');
  pace.forget('pvc-1');
  expect(delay('detail')).toBe(0);
});

test('whatever changes how, somebody who comes back when told has written within 5 s', async () => {
  const changes = fc.array(fc.constantFrom<Change>('early', 'detail'), { minLength: 1, maxLength: 12 });
  const property = fc.asyncProperty(changes, fc.boolean(), async (kinds, wroteBefore) => {
    const { clock, delay, written } = pacing();
    if (wroteBefore) written();
    const begin = clock.now();
    for (let index = 0; ; index++) {
      const wait = delay(kinds[index % kinds.length]!);
      if (wait === 0) break;
      await clock.advance(wait);
      expect(clock.now() - begin).toBeLessThanOrEqual(5_000);
    }
  });
  await fc.assert(property, { numRuns: 50 });
});
