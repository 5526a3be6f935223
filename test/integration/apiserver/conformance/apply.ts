import { listAt, objectAt, stringAt, type JsonObject } from '../../../../src/sim/apiserver/object/json';
import type { RawAnswer } from '../raw';
import { metadataOf } from './objects';
import { collection, configMap, configMaps, widget, type Subject } from './subject';

const specOf = ({ body }: RawAnswer): JsonObject => objectAt(body, 'spec');

/** Fields by `manager operation`. Entries of one manager on several endpoints are put together. */
function owners(answer: RawAnswer): Record<string, JsonObject> {
  const entries = listAt(metadataOf(answer), 'managedFields') as JsonObject[];
  const found: Record<string, JsonObject> = {};
  for (const entry of entries) {
    const key = `${stringAt(entry, 'manager')} ${stringAt(entry, 'operation')}`;
    found[key] = { ...found[key], ...objectAt(entry, 'fieldsV1') };
  }
  return found;
}

const status = (name: string, fields: object): JsonObject => {
  const { spec: _spec, ...rest } = widget(name);
  return { ...rest, status: fields } as JsonObject;
};

/** Server-side apply: who owns what, and what follows from it. */
export function apply(subject: () => Subject): void {
  const path = (name: string) => `${collection(subject())}/${name}`;
  const cm = (name: string) => `${configMaps(subject())}/${name}`;
  const raw = () => subject().raw;

  test('needs a field manager', async () => {
    const refused = await raw().call('PATCH', path('nobody'), {
      body: widget('nobody'),
      contentType: 'application/apply-patch+yaml',
    });
    expect(refused.status).toBe(422);
    expect(refused.body.message).toContain('fieldManager: Required value: is required for apply patch');
  });

  test('creates, and owns what it says but not the defaults', async () => {
    const created = await raw().apply(path('owned'), 'x', widget('owned', { size: 1 }, { labels: { a: '1' } }));
    expect(created.status).toBe(201);
    expect(owners(created)).toEqual({
      'x Apply': { 'f:metadata': { 'f:labels': { 'f:a': {} } }, 'f:spec': { 'f:size': {} } },
    });
    expect(specOf(created)).toMatchObject({ colour: 'red' });
  });

  test('takes YAML', async () => {
    const yaml = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: yaml\ndata:\n  a: "1"\n';
    expect(await raw().apply(cm('yaml'), 'x', yaml)).toMatchObject({ status: 201, body: { data: { a: '1' } } });
  });

  test('gives up what it no longer says, unless somebody else says it', async () => {
    await raw().apply(cm('giveup'), 'x', configMap('giveup', { mine: '1', ours: '1' }));
    await raw().apply(cm('giveup'), 'y', configMap('giveup', { ours: '1' }));
    const after = await raw().apply(cm('giveup'), 'x', configMap('giveup'));
    expect(after.body.data).toEqual({ ours: '1' });
    expect(Object.keys(owners(after))).toEqual(['y Apply']);
  });

  test('conflicts over a value of another manager, and names the field', async () => {
    await raw().apply(path('conflict'), 'x', widget('conflict', { size: 1 }));
    const refused = await raw().apply(path('conflict'), 'y', widget('conflict', { size: 2 }));
    expect(refused).toMatchObject({
      status: 409,
      body: {
        reason: 'Conflict',
        message: 'Apply failed with 1 conflict: conflict with "x": .spec.size',
        details: { causes: [{ reason: 'FieldManagerConflict', field: '.spec.size', message: 'conflict with "x"' }] },
      },
    });
  });

  test('lists several conflicts', async () => {
    const theirs = { size: 1, name: 'abc', tags: ['a'], nested: { a: '1' } };
    await raw().apply(path('conflicts'), 'x', widget('conflicts', theirs));
    const mine = { size: 2, name: 'xyz', tags: ['b'], nested: { a: '2' } };
    const refused = await raw().apply(path('conflicts'), 'y', widget('conflicts', mine));
    expect(refused.body.message).toBe(
      'Apply failed with 3 conflicts: conflicts with "x":\n- .spec.name\n- .spec.size\n- .spec.nested.a',
    );
  });

  test('takes over by force, and leaves the rest to its manager', async () => {
    await raw().apply(path('force'), 'x', widget('force', { size: 1, name: 'abc' }));
    const forced = await raw().apply(path('force'), 'y', widget('force', { size: 2 }), true);
    expect(specOf(forced)).toMatchObject({ size: 2, name: 'abc' });
    expect(owners(forced)).toEqual({
      'x Apply': { 'f:spec': { 'f:name': {} } },
      'y Apply': { 'f:spec': { 'f:size': {} } },
    });
  });

  test('shares a field whose value is the same', async () => {
    await raw().apply(path('shared'), 'x', widget('shared'));
    const both = await raw().apply(path('shared'), 'y', widget('shared'));
    expect(both.status).toBe(200);
    expect(Object.keys(owners(both)).sort()).toEqual(['x Apply', 'y Apply']);
  });

  test('loses what another kind of write changes', async () => {
    await raw().apply(path('edited'), 'x', widget('edited', { size: 1, name: 'abc' }));
    const edited = await raw().merge(`${path('edited')}?fieldManager=edit`, { spec: { size: 2, name: 'abc' } });
    expect(owners(edited)).toEqual({
      'x Apply': { 'f:spec': { 'f:name': {} } },
      'edit Update': { 'f:spec': { 'f:size': {} } },
    });
    const refused = await raw().apply(path('edited'), 'x', widget('edited', { size: 1, name: 'abc' }));
    expect(refused.body.message).toMatch(/conflict with "edit" using conformance.meshstor.io\/v1.*: \.spec\.size/);
  });

  test('merges keyed lists by key, sets by value, and replaces other lists', async () => {
    const x = { size: 1, parts: [{ name: 'a', weight: 1 }, { name: 'b' }], tags: ['p', 'q'], steps: ['1', '2'] };
    await raw().apply(path('lists'), 'x', widget('lists', x));
    const y = { size: 1, parts: [{ name: 'c' }], tags: ['r'] };
    const both = await raw().apply(path('lists'), 'y', widget('lists', y));
    const names = (answer: RawAnswer) =>
      (listAt(specOf(answer), 'parts') as JsonObject[]).map(({ name }) => name).sort();
    expect([names(both), [...listAt(specOf(both), 'tags')].sort()]).toEqual([
      ['a', 'b', 'c'],
      ['p', 'q', 'r'],
    ]);
    const fewer = { size: 1, parts: [{ name: 'b' }], tags: ['q'], steps: ['3'] };
    const after = await raw().apply(path('lists'), 'x', widget('lists', fewer));
    expect([names(after), [...listAt(specOf(after), 'tags')].sort()]).toEqual([
      ['b', 'c'],
      ['q', 'r'],
    ]);
    expect(specOf(after).steps).toEqual(['3']);
    expect(owners(after)['x Apply']).toEqual({
      'f:spec': {
        'f:size': {},
        'f:parts': { 'k:{"name":"b"}': { '.': {}, 'f:name': {} } },
        'f:tags': { 'v:"q"': {} },
        'f:steps': {},
      },
    });
  });

  test('refuses items of a keyed list that cannot be told apart', async () => {
    const refused = await raw().apply(
      path('dup'),
      'x',
      widget('dup', { size: 1, parts: [{ name: 'a' }, { name: 'a' }] }),
    );
    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect(refused.body.message).toContain('.spec.parts: duplicate entries for key [name="a"]');
  });

  test('refuses fields that no schema knows', async () => {
    const refused = await raw().apply(path('unknown'), 'x', widget('unknown', { size: 1, nope: 1 }));
    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect(refused.body.message).toContain('.spec.nope: field not declared in schema');
  });

  test('has the status apart: one writer per condition', async () => {
    await raw().post(collection(subject()), widget('status'));
    const at = `${path('status')}/status`;
    const condition = (type: string, value = 'True') => ({ type, status: value });
    await raw().apply(at, 'controller', status('status', { phase: 'New', conditions: [condition('A')] }));
    const both = await raw().apply(at, 'node', status('status', { conditions: [condition('B')] }));
    expect(both.body.status).toEqual({ phase: 'New', conditions: [condition('A'), condition('B')] });
    const refused = await raw().apply(at, 'node', status('status', { conditions: [condition('A', 'False')] }));
    expect(refused.status).toBe(409);
    const dropped = await raw().apply(at, 'node', status('status', {}));
    expect(listAt(objectAt(dropped.body, 'status'), 'conditions')).toEqual([condition('A')]);
  });

  test('creates nothing through the status endpoint', async () => {
    expect(await raw().apply(`${path('none')}/status`, 'x', status('none', { phase: 'New' }))).toMatchObject({
      status: 404,
    });
  });

  test('is a compare-and-swap when it carries a resourceVersion', async () => {
    await raw().apply(path('cas'), 'x', widget('cas'));
    const stale = widget('cas', { size: 2 }, { resourceVersion: '1' });
    expect(await raw().apply(path('cas'), 'x', stale)).toMatchObject({ status: 409, body: { reason: 'Conflict' } });
  });

  test('does not create an object that it names by uid', async () => {
    const refused = await raw().apply(path('reborn'), 'x', widget('reborn', { size: 1 }, { uid: 'gone' }));
    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect((await raw().get(path('reborn'))).status).toBe(404);
  });

  test.each<[string, object, RegExp]>([
    ['of another version', { apiVersion: 'conformance.meshstor.io/v9' }, /Incorrect version specified in apply patch/],
    ['with managedFields', { metadata: { name: 'wrong', managedFields: [{}] } }, /metadata.managedFields must be nil/],
  ])('refuses a configuration %s', async (_, extra, message) => {
    const refused = await raw().apply(path('wrong'), 'x', { ...widget('wrong'), ...extra });
    expect(refused.status).toBe(400);
    expect(refused.body.message).toMatch(message);
  });

  test('knows the keys of built-in lists', async () => {
    const deployment = (containers: object[]) => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: {
        replicas: 0,
        selector: { matchLabels: { a: 'b' } },
        template: { metadata: { labels: { a: 'b' } }, spec: { containers } },
      },
    });
    const at = `/apis/apps/v1/namespaces/${subject().namespace}/deployments/web`;
    await raw().apply(
      at,
      'x',
      deployment([
        { name: 'a', image: 'i:1' },
        { name: 'b', image: 'j:1' },
      ]),
    );
    const env = [{ name: 'A', value: '1' }];
    const both = await raw().apply(at, 'y', deployment([{ name: 'a', env }]));
    const containers = (answer: RawAnswer) =>
      listAt(objectAt(objectAt(specOf(answer), 'template'), 'spec'), 'containers') as JsonObject[];
    expect(containers(both)).toMatchObject([{ name: 'a', image: 'i:1', env }, { name: 'b' }]);
    const dropped = await raw().apply(at, 'x', deployment([{ name: 'a', image: 'i:1' }]));
    expect(containers(dropped).map(({ name }) => name)).toEqual(['a']);
  });
}
