import { listAt, objectAt } from '../../../../src/sim/apiserver/object/json';
import { collection, configMap, configMaps, widget, type Subject } from './subject';

/** Patches other than apply. */
export function patch(subject: () => Subject): void {
  const cm = (name = '') => configMaps(subject()) + (name && `/${name}`);
  const raw = () => subject().raw;

  test('a merge patch sets, deletes and replaces', async () => {
    await raw().post(cm(), configMap('merge', { a: '1', b: '2' }));
    const patched = await raw().merge(cm('merge'), { data: { a: null, c: '3' } });
    expect(patched).toMatchObject({ status: 200, body: { data: { b: '2', c: '3' } } });
    expect(patched.body.data).not.toHaveProperty('a');
  });

  test('a JSON patch is applied as a whole, or not at all', async () => {
    await raw().post(cm(), configMap('json', { a: '1' }));
    const operations = [
      { op: 'test', path: '/data/a', value: '1' },
      { op: 'add', path: '/data/b', value: '2' },
    ];
    expect(await raw().json(cm('json'), operations)).toMatchObject({ status: 200, body: { data: { a: '1', b: '2' } } });
    const failing = [
      { op: 'remove', path: '/data/a' },
      { op: 'test', path: '/data/b', value: 'x' },
    ];
    expect(await raw().json(cm('json'), failing)).toMatchObject({ status: 422, body: { reason: 'Invalid' } });
    expect((await raw().get(cm('json'))).body.data).toEqual({ a: '1', b: '2' });
  });

  test('a strategic merge patch merges by key, deletes by directive and orders', async () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'strategic' },
      spec: {
        containers: [{ name: 'a', image: 'i:1' }],
        volumes: [{ name: 'v', emptyDir: {} }],
        tolerations: [{ key: 'x', operator: 'Exists' }],
      },
    };
    const pods = `/api/v1/namespaces/${subject().namespace}/pods`;
    await raw().post(pods, pod);
    const changed = await raw().strategic(`${pods}/strategic`, {
      metadata: { finalizers: ['a.example.com/x'] },
      spec: { containers: [{ name: 'a', image: 'i:2' }] },
    });
    expect(changed).toMatchObject({ status: 200 });
    expect(listAt(objectAt(changed.body, 'spec'), 'containers')).toMatchObject([{ name: 'a', image: 'i:2' }]);
    const removal = { metadata: { '$deleteFromPrimitiveList/finalizers': ['a.example.com/x'] } };
    const without = await raw().strategic(`${pods}/strategic`, removal);
    expect(objectAt(without.body, 'metadata')).not.toHaveProperty('finalizers');
  });

  test('a custom resource takes no strategic merge patch', async () => {
    await raw().post(collection(subject()), widget('strategic'));
    expect(await raw().strategic(`${collection(subject())}/strategic`, {})).toMatchObject({ status: 415 });
  });

  test('a patch of what is not there is not found', async () => {
    expect(await raw().merge(cm('nothing'), {})).toMatchObject({ status: 404 });
  });

  test('the name cannot be patched', async () => {
    await raw().post(cm(), configMap('named'));
    expect(await raw().merge(cm('named'), { metadata: { name: 'other' } })).toMatchObject({
      status: 400,
      body: { message: 'the name of the object (other) does not match the name on the URL (named)' },
    });
  });

  test('managedFields can be reset', async () => {
    await raw().apply(cm('reset'), 'x', configMap('reset', { a: '1' }));
    const reset = await raw().merge(cm('reset'), { metadata: { managedFields: [{}] } });
    expect(listAt(objectAt(reset.body, 'metadata'), 'managedFields')).toEqual([]);
  });
}
