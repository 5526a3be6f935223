import { kubeNodes } from '../../../../src/api/resources';
import { listAt, objectAt, stringAt, type JsonObject } from '../../../../src/sim/apiserver/object/json';
import type { RawAnswer } from '../raw';
import { collection, configMap, configMaps, widget, widgets, type Subject } from './subject';

const names = ({ body }: RawAnswer): (string | undefined)[] =>
  listAt(body, 'items').map((item) => stringAt(objectAt(item as JsonObject, 'metadata'), 'name'));

const versionOf = ({ body }: RawAnswer): string => stringAt(objectAt(body, 'metadata'), 'resourceVersion') ?? '';

/** Lists, pages, selectors and watches. */
export function lists(subject: () => Subject): void {
  const cm = (query = '') => configMaps(subject()) + query;
  const raw = () => subject().raw;

  beforeAll(async () => {
    for (const [name, labels] of Object.entries({
      'list-a': { suite: 'lists', app: 'web' },
      'list-b': { suite: 'lists', app: 'web', tier: '2' },
      'list-c': { suite: 'lists', app: 'db' },
    })) {
      await raw().post(cm(), configMap(name, { x: '1' }, { labels }));
    }
  });

  test('a list names its kind and version; items of built-in kinds do not', async () => {
    const list = await raw().get(cm('?labelSelector=suite=lists'));
    expect(list.body).toMatchObject({ kind: 'ConfigMapList', apiVersion: 'v1' });
    expect(versionOf(list)).toMatch(/^\d+$/);
    expect(listAt(list.body, 'items')[0]).not.toHaveProperty('kind');
    const custom = await raw().get(collection(subject()));
    expect(custom.body).toMatchObject({ kind: 'WidgetList', apiVersion: 'conformance.meshstor.io/v1' });
  });

  test.each<[string, string[]]>([
    ['app=web', ['list-a', 'list-b']],
    ['app!=web', ['list-c']],
    ['app in (db,x)', ['list-c']],
    ['app notin (db)', ['list-a', 'list-b']],
    ['tier', ['list-b']],
    ['!tier', ['list-a', 'list-c']],
    ['app=web,!tier', ['list-a']],
  ])('the label selector %s selects', async (selector, expected) => {
    const query = `?labelSelector=${encodeURIComponent(`suite=lists,${selector}`)}`;
    expect(names(await raw().get(cm(query)))).toEqual(expected);
  });

  test('field selectors select by name, and refuse what they do not know', async () => {
    expect(names(await raw().get(cm('?fieldSelector=metadata.name=list-b')))).toEqual(['list-b']);
    expect(await raw().get(cm('?fieldSelector=spec.x=1'))).toMatchObject({
      status: 400,
      body: { reason: 'BadRequest' },
    });
    expect(await raw().get(`${collection(subject())}?fieldSelector=spec.x=1`)).toMatchObject({ status: 400 });
  });

  test('pages follow one another and show one state', async () => {
    const first = await raw().get(cm('?labelSelector=suite=lists&limit=2'));
    expect(names(first)).toEqual(['list-a', 'list-b']);
    await raw().post(cm(), configMap('list-bb', {}, { labels: { suite: 'lists' } }));
    const token = encodeURIComponent(stringAt(objectAt(first.body, 'metadata'), 'continue') ?? '');
    const second = await raw().get(cm(`?labelSelector=suite=lists&limit=2&continue=${token}`));
    expect(names(second)).toEqual(['list-c']);
    expect(versionOf(second)).toBe(versionOf(first));
    await raw().delete(cm('/list-bb'));
  });

  test('a made-up page token is a bad request', async () => {
    expect(await raw().get(cm('?limit=1&continue=nonsense'))).toMatchObject({ status: 400 });
  });

  test('a collection is deleted by selector', async () => {
    for (const name of ['many-a', 'many-b']) await raw().post(cm(), configMap(name, {}, { labels: { many: 'yes' } }));
    expect((await raw().delete(cm('?labelSelector=many=yes'))).status).toBe(200);
    expect(names(await raw().get(cm('?labelSelector=many=yes')))).toEqual([]);
  });

  describe('a watch', () => {
    /** The next `count` events of the suite's kind, short. */
    async function events(count: number, options: object, act: () => Promise<unknown>): Promise<string[]> {
      const { client, namespace } = subject();
      const abort = new AbortController();
      const seen: string[] = [];
      const { resourceVersion } = await client.list(widgets, { namespace });
      const stream = client.watch(widgets, { namespace, resourceVersion, ...options }, abort.signal);
      const reading = (async () => {
        for await (const event of stream) {
          if (event.type !== 'BOOKMARK') seen.push(`${event.type} ${event.object.metadata.name}`);
          if (seen.length === count) break;
        }
      })();
      await act();
      await reading;
      abort.abort();
      return seen;
    }

    const path = (name = '') => collection(subject()) + (name && `/${name}`);

    test('tells what happens, in order', async () => {
      const seen = await events(3, {}, async () => {
        await raw().post(path(), widget('watched'));
        await raw().merge(path('watched'), { spec: { size: 2 } });
        await raw().delete(path('watched'));
      });
      expect(seen).toEqual(['ADDED watched', 'MODIFIED watched', 'DELETED watched']);
    });

    test('with a selector sees objects come and go as they match', async () => {
      const seen = await events(2, { labelSelector: 'seen=yes' }, async () => {
        await raw().post(path(), widget('crossing'));
        await raw().merge(path('crossing'), { metadata: { labels: { seen: 'yes' } } });
        await raw().merge(path('crossing'), { metadata: { labels: { seen: 'no' } } });
        await raw().delete(path('crossing'));
      });
      expect(seen).toEqual(['ADDED crossing', 'DELETED crossing']);
    });

    test('begins with what is there when no version is given', async () => {
      await raw().post(path(), widget('present', { size: 1 }, { labels: { present: 'yes' } }));
      expect(await events(1, { resourceVersion: '0', labelSelector: 'present=yes' }, async () => undefined)).toEqual([
        'ADDED present',
      ]);
    });

    test('ends at its time-out', async () => {
      const query = `?watch=true&timeoutSeconds=1&resourceVersion=${versionOf(await raw().get(path()))}`;
      const answer = await raw().get(path() + query);
      expect(answer.status).toBe(200);
      expect(answer.text).toBe('');
    });
  });

  test('the client sees nothing where there is nothing', async () => {
    expect(await subject().client.get(kubeNodes, 'no-such-node')).toBeUndefined();
    await expect(subject().client.delete(kubeNodes, 'no-such-node')).resolves.toBeUndefined();
  });
}
