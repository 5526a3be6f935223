import { Manager, type Component } from '../../../src/runtime/process/manager';
import { FakeClock } from '../../support/fake-clock';
import { recordingLog } from './quiet-log';

let clock: FakeClock;
let abort: AbortController;
let history: string[];
let manager: Manager;
const { log, lines } = recordingLog();

beforeEach(() => {
  clock = new FakeClock(0);
  abort = new AbortController();
  history = [];
  lines.length = 0;
  manager = new Manager({ clock, log, shutdownMs: 1000 });
});

/** Notes when it starts, is told to stop, and has stopped; takes its time for both. */
const component = (name: string, { readyMs = 0, stopMs = 0 } = {}): Component => ({
  name,
  async run(signal) {
    history.push(`${name} starts`);
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    history.push(`${name} stops`);
    await clock.sleep(stopMs);
    history.push(`${name} stopped`);
  },
  ready: () => clock.sleep(readyMs),
});

describe('Manager', () => {
  it('starts each component when those before it are ready, and is ready when all are', async () => {
    manager
      .add(component('api', { readyMs: 10 }))
      .add(component('caches', { readyMs: 20 }))
      .add(component('work'));
    const running = manager.run(abort.signal);
    await clock.advance(9);
    expect(history).toEqual(['api starts']);
    expect(manager.checkReady).toThrow('waiting for api, caches, work');
    await clock.advance(20);
    expect(history).toEqual(['api starts', 'caches starts']);
    expect(manager.checkReady).toThrow('waiting for caches, work');
    await clock.advance(10);
    expect(manager.checkReady).not.toThrow();
    abort.abort();
    await clock.advance(10);
    await running;
    expect(manager.checkReady).toThrow('shutting down');
  });

  it('stops them one after the other, last started first', async () => {
    manager.add(component('api', { stopMs: 10 })).add(component('work', { stopMs: 10 }));
    const running = manager.run(abort.signal);
    await clock.advance(1);
    history.length = 0;
    abort.abort();
    await clock.advance(20);
    await running;
    expect(history).toEqual(['work stops', 'work stopped', 'api stops', 'api stopped']);
    expect(clock.pending).toEqual([]);
  });

  it.each<[string, Component['run'], string]>([
    ['rejects', () => Promise.reject(new Error('lease lost')), 'lease lost'],
    [
      'throws',
      () => {
        throw new Error('broken');
      },
      'broken',
    ],
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- that is the case
    ['throws what is no Error', () => Promise.reject('text'), 'bad threw: text'],
    ['returns', () => Promise.resolve(), 'bad ended by itself'],
  ])('ends everything with the first component that %s', async (_how, run, message) => {
    manager
      .add(component('api'))
      .add({ name: 'bad', run })
      .add(component('never', { readyMs: 10 }));
    const failed = expect(manager.run(abort.signal)).rejects.toThrow(message);
    await clock.advance(100);
    await failed;
    expect(history.filter((line) => line.startsWith('api'))).toEqual(['api starts', 'api stops', 'api stopped']);
    expect(lines).toContainEqual(expect.objectContaining({ level: 'error', message: 'bad failed; the process ends' }));
  });

  it('fails when a component cannot become ready', async () => {
    manager.add({ ...component('api'), ready: () => Promise.reject(new Error('no port')) });
    const failed = expect(manager.run(abort.signal)).rejects.toThrow('no port');
    await clock.advance(0);
    await failed;
    expect(history.at(-1)).toBe('api stopped');
  });

  it('gives up those that do not end in time, and says which', async () => {
    manager.add(component('api')).add(component('stuck', { stopMs: 5_000 }));
    const running = manager.run(abort.signal);
    await clock.advance(1);
    abort.abort();
    await clock.advance(1000);
    await running;
    // The others are told all the same.
    expect(history).toContain('api stops');
    expect(lines).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining('given up: stuck') as unknown }),
    );
  });

  it('starts nothing more once it is told to end', async () => {
    manager.add(component('api', { readyMs: 100 })).add(component('work'));
    const running = manager.run(abort.signal);
    await clock.advance(10);
    abort.abort();
    await clock.advance(0);
    await running;
    expect(history).toEqual(['api starts', 'api stops', 'api stopped']);
  });
});
