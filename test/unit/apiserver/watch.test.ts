import { kubeNodes } from '../../../src/api/resources';
import type { WatchEvent } from '../../../src/runtime/kube/client';
import { drain, refusal, world } from './world';

const minute = 60_000;

test('a watch from a version tells what happened since', async () => {
  const { api, store } = world();
  await api.create('nodes', { metadata: { name: 'before' } });
  const stream = await api.watch('nodes', { resourceVersion: String(store.revision) });
  expect(drain(stream)).toEqual([]);
  await api.create('nodes', { metadata: { name: 'a' } });
  await api.merge('nodes//a', { metadata: { labels: { x: '1' } } });
  await api.handle('delete', 'nodes//a');
  expect(drain(stream)).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a']);
});

test.each([[undefined], ['0']])('a watch without a version (%s) begins with what is there', async (resourceVersion) => {
  const { api } = world();
  await api.create('nodes', { metadata: { name: 'a' } });
  const stream = await api.watch('nodes', { ...(resourceVersion ? { resourceVersion } : {}) });
  await api.create('nodes', { metadata: { name: 'b' } });
  expect(drain(stream)).toEqual(['ADDED a', 'ADDED b']);
});

test('a deletion has a version of its own, and shows the last state', async () => {
  const { api, store } = world();
  await api.create('nodes', { metadata: { name: 'a', labels: { x: '1' } } });
  const stream = await api.watch('nodes', { resourceVersion: String(store.revision) });
  await api.handle('delete', 'nodes//a');
  const event = stream.next();
  expect(event).toMatchObject({
    type: 'DELETED',
    object: { object: { metadata: { labels: { x: '1' }, resourceVersion: String(store.revision) } } },
  });
});

test('an object that starts to match is added, one that stops is deleted', async () => {
  const { api, store } = world();
  await api.create('nodes', { metadata: { name: 'a' } });
  const stream = await api.watch('nodes', { labelSelector: 'x=1', resourceVersion: String(store.revision) });
  await api.merge('nodes//a', { metadata: { labels: { y: '1' } } });
  await api.merge('nodes//a', { metadata: { labels: { x: '1' } } });
  await api.merge('nodes//a', { metadata: { labels: { y: '2' } } });
  await api.merge('nodes//a', { metadata: { labels: { x: '2' } } });
  await api.handle('delete', 'nodes//a');
  expect(drain(stream)).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a']);
});

test('an object that stops to match is shown as it was, with the version at which it stopped', async () => {
  const { api, store } = world();
  await api.create('nodes', { metadata: { name: 'a', labels: { x: '1' } } });
  const stream = await api.watch('nodes', { labelSelector: 'x=1', resourceVersion: String(store.revision) });
  await api.merge('nodes//a', { metadata: { labels: { x: '2' } } });
  expect(stream.next()).toMatchObject({
    type: 'DELETED',
    object: { object: { metadata: { labels: { x: '1' }, resourceVersion: String(store.revision) } } },
  });
});

test('a watch can be of one namespace, and of one object', async () => {
  const { api, store } = world();
  const resourceVersion = String(store.revision);
  const inDefault = await api.watch('configmaps/default/', { resourceVersion });
  const one = await api.watch('configmaps//', { resourceVersion, fieldSelector: 'metadata.name=b' });
  for (const path of ['configmaps/default/', 'configmaps/kube-system/']) {
    for (const name of ['a', 'b']) await api.create(path, { metadata: { name } });
  }
  expect(drain(inDefault)).toEqual(['ADDED a', 'ADDED b']);
  expect(drain(one)).toEqual(['ADDED b', 'ADDED b']);
});

test('a version that is forgotten is answered with 410 and the end', async () => {
  const { api, store, hooks } = world();
  const old = String(store.revision);
  await api.create('nodes', { metadata: { name: 'a' } });
  hooks.compact();
  const stream = await api.watch('nodes', { resourceVersion: old });
  expect(drain(stream)).toEqual(['ERROR Expired']);
  expect(stream.ended).toBe(true);
});

test('a reader that falls behind the history is told so', async () => {
  const { api, store } = world({ historyLimit: 2 });
  const stream = await api.watch('nodes', { resourceVersion: String(store.revision) });
  for (let i = 0; i < 10; i++) await api.create('nodes', { metadata: { name: `n${i}` } });
  expect(drain(stream)).toEqual(['ERROR Expired']);
});

test('a resource that nothing ever happened to can be watched from any version', async () => {
  const { api, store } = world();
  const old = String(store.revision);
  for (let i = 0; i < 3; i++) await api.create('nodes', { metadata: { name: `n${i}` } });
  const stream = await api.watch('leases.coordination.k8s.io//', { resourceVersion: old });
  expect(drain(stream)).toEqual([]);
});

test('bookmarks come every minute to those who asked, after everything before them', async () => {
  const { api, store, clock } = world();
  const resourceVersion = String(store.revision);
  const asked = await api.watch('nodes', { resourceVersion, allowWatchBookmarks: true });
  const silent = await api.watch('nodes', { resourceVersion });
  await clock.advance(minute);
  await api.create('nodes', { metadata: { name: 'a' } });
  expect(drain(asked)).toEqual(['ADDED a', 'BOOKMARK']);
  await clock.advance(minute);
  expect(drain(asked)).toEqual(['BOOKMARK']);
  expect(drain(silent)).toEqual(['ADDED a']);
});

test('a bookmark carries the newest version of all resources', async () => {
  const { api, store, hooks } = world();
  const stream = await api.watch('nodes', { resourceVersion: String(store.revision), allowWatchBookmarks: true });
  await api.create('configmaps/default/', { metadata: { name: 'c' } });
  hooks.watches.bookmark();
  expect(stream.next()).toEqual({ type: 'BOOKMARK', revision: store.revision });
});

test('initial events end with a bookmark that says so', async () => {
  const { api } = world();
  await api.create('nodes', { metadata: { name: 'a' } });
  const stream = await api.watch('nodes', { sendInitialEvents: true, allowWatchBookmarks: true });
  expect(drain(stream)).toEqual(['ADDED a', 'BOOKMARK initial']);
});

test('a watch ends at its timeout, or within an hour', async () => {
  const { api, store, clock } = world();
  const resourceVersion = String(store.revision);
  const short = await api.watch('nodes', { resourceVersion, timeoutSeconds: 5 });
  const long = await api.watch('nodes', { resourceVersion });
  await clock.advance(5_000);
  expect([short.ended, long.ended]).toEqual([true, false]);
  await clock.advance(60 * minute);
  expect(long.ended).toBe(true);
});

test('a watch leaves no timer behind', async () => {
  const { api, clock } = world({ background: false });
  const stream = await api.watch('nodes', { allowWatchBookmarks: true });
  expect(clock.pending).not.toEqual([]);
  stream.close();
  expect(clock.pending).toEqual([]);
});

describe('the client', () => {
  async function collect(events: AsyncIterable<WatchEvent<never>>, into: string[]): Promise<void> {
    for await (const event of events) {
      into.push(
        event.type === 'BOOKMARK'
          ? event.type
          : `${event.type} ${(event.object as { metadata: { name: string } }).metadata.name}`,
      );
    }
  }

  test('delivers events until it is aborted', async () => {
    const { client, api, store, clock } = world();
    const abort = new AbortController();
    const seen: string[] = [];
    const watch = client.watch(kubeNodes, { resourceVersion: String(store.revision) }, abort.signal);
    const done = collect(watch as AsyncIterable<WatchEvent<never>>, seen);
    await clock.settle();
    await api.create('nodes', { metadata: { name: 'a' } });
    await clock.settle();
    expect(seen).toEqual(['ADDED a']);
    abort.abort();
    await done;
    await api.create('nodes', { metadata: { name: 'b' } });
    expect(seen).toEqual(['ADDED a']);
  });

  test('returns when the server ends the stream', async () => {
    const { client, store, hooks, clock } = world();
    const watch = client.watch(kubeNodes, { resourceVersion: String(store.revision) }, new AbortController().signal);
    const done = collect(watch as AsyncIterable<WatchEvent<never>>, []);
    await clock.settle();
    hooks.watches.end();
    await expect(done).resolves.toBeUndefined();
  });

  test('throws when the version is too old', async () => {
    const { client, api, store, hooks } = world();
    const old = String(store.revision);
    await api.create('nodes', { metadata: { name: 'a' } });
    hooks.compact();
    const watch = client.watch(kubeNodes, { resourceVersion: old }, new AbortController().signal);
    const error = await refusal(collect(watch as AsyncIterable<WatchEvent<never>>, []));
    expect(error).toMatchObject({ code: 410, reason: 'Expired' });
  });

  test('closes the stream when the reader stops', async () => {
    const { client, api, hooks } = world();
    await api.create('nodes', { metadata: { name: 'a' } });
    for await (const event of client.watch(kubeNodes, { resourceVersion: '0' }, new AbortController().signal)) {
      expect(event.type).toBe('ADDED');
      break;
    }
    expect(hooks.watches.size).toBe(0);
  });

  test('gives every watcher an object of its own', async () => {
    const { client, api } = world();
    await api.create('nodes', { metadata: { name: 'a' } });
    const first = async () => {
      for await (const event of client.watch(kubeNodes, { resourceVersion: '0' }, new AbortController().signal)) {
        if (event.type !== 'BOOKMARK') return event.object;
      }
      throw new Error('no event');
    };
    const [one, two] = [await first(), await first()];
    one.metadata.labels = { changed: 'yes' };
    expect(two.metadata).not.toHaveProperty('labels');
  });
});
