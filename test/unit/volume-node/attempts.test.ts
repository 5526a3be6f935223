import { Attempts } from '../../../src/controllers/volume/node/attempts';
import { FakeClock } from '../../support/fake-clock';

/** One provider whose answers the test gives. */
function provider() {
  const clock = new FakeClock();
  const attempts = new Attempts(clock);
  const calls: { resolve: () => void; reject: (error: unknown) => void }[] = [];
  const changed = jest.fn();
  const start = (nqn = 'nqn.a') =>
    attempts.start(nqn, () => new Promise<void>((resolve, reject) => calls.push({ resolve, reject })), changed);
  return { clock, attempts, calls, changed, start };
}

test('an attempt is under way, and not doubled, until it ends', async () => {
  const { clock, attempts, calls, changed, start } = provider();
  start();
  start();
  expect(calls).toHaveLength(1);
  expect([...attempts.pending()]).toEqual([['nqn.a', undefined]]);
  await clock.advance(60_000);
  expect(changed).not.toHaveBeenCalled();
  calls[0]!.resolve();
  await clock.settle();
  expect(changed).toHaveBeenCalledTimes(1);
  expect(attempts.pending().size).toBe(0);
  expect(clock.pending).toEqual([]);
});

test('what was found is told when it ended, so that whoever is called back sees it', async () => {
  const { clock, attempts, calls, changed, start } = provider();
  const seen: unknown[] = [];
  changed.mockImplementation(() => seen.push([...attempts.pending().values()]));
  start();
  const error = new Error('nothing answers');
  calls[0]!.reject(error);
  await clock.advance(2_000);
  expect(seen).toEqual([[error], []]);
});

test('a failure is told at once, and the attempt may be repeated 2 s later, not before', async () => {
  const { clock, calls, changed, start } = provider();
  start();
  calls[0]!.reject('refused');
  await clock.advance(1_999);
  start();
  expect(calls).toHaveLength(1);
  expect(changed).toHaveBeenCalledTimes(1);
  await clock.advance(1);
  expect(changed).toHaveBeenCalledTimes(2);
  start();
  expect(calls).toHaveLength(2);
});

test('a failure that is no Error becomes one', async () => {
  const { clock, attempts, calls, start } = provider();
  start();
  calls[0]!.reject('refused');
  await clock.settle();
  expect(attempts.pending().get('nqn.a')).toEqual(new Error('refused'));
});

test('one provider does not wait for another', () => {
  const { calls, start } = provider();
  start('nqn.a');
  start('nqn.b');
  expect(calls).toHaveLength(2);
});

test('what was asked for does not change under the reader', async () => {
  const { clock, attempts, calls, start } = provider();
  start();
  const before = attempts.pending();
  calls[0]!.resolve();
  await clock.settle();
  expect(before.has('nqn.a')).toBe(true);
});

test('what failed otherwise is set aside for 2 s as well, and told when that is over', async () => {
  const { clock, attempts, changed } = provider();
  attempts.setAside('slot 1', new Error('busy'), changed);
  await clock.advance(1_999);
  expect(attempts.pending().get('slot 1')?.message).toBe('busy');
  expect(changed).not.toHaveBeenCalled();
  await clock.advance(1);
  expect(attempts.pending().size).toBe(0);
  expect(changed).toHaveBeenCalledTimes(1);
});
