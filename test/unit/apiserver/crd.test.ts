import type { JsonObject } from '../../../src/sim/apiserver/object/json';
import { definitions, GiB, refusal, world } from './world';

const path = 'customresourcedefinitions.apiextensions.k8s.io';

interface Parts {
  group?: string;
  plural?: string;
  kind?: string;
  schema?: JsonObject;
  version?: JsonObject;
  spec?: JsonObject;
  names?: JsonObject;
}

const definition = ({
  group = 'example.com',
  plural = 'widgets',
  kind = 'Widget',
  schema,
  version,
  spec,
  names,
}: Parts = {}) => ({
  metadata: { name: `${plural}.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { plural, kind, ...names },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: schema ?? { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        ...version,
      },
    ],
    ...spec,
  },
});

test("the product's definitions are accepted", async () => {
  const { api } = world({ definitions: [] });
  for (const body of definitions) await expect(api.create(path, body)).resolves.toBeDefined();
});

test('a definition is served as soon as it is created', async () => {
  const { api } = world();
  const { status, metadata } = await api.create(path, definition());
  expect(status).toMatchObject({
    acceptedNames: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
    storedVersions: ['v1'],
    conditions: [
      { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts' },
      { type: 'Established', status: 'True', reason: 'InitialNamesAccepted' },
    ],
  });
  expect(metadata.finalizers).toEqual(['customresourcecleanup.apiextensions.k8s.io']);
  await api.create('widgets.example.com/default/', { metadata: { name: 'w' }, anything: 1 });
  expect(await api.get('widgets.example.com/default/w')).toMatchObject({ anything: 1 });
});

test('a kind that is taken in the group is not served', async () => {
  const { api, core } = world();
  await api.create(path, definition());
  const second = await api.create(path, definition({ plural: 'gadgets' }));
  expect(second.status).toMatchObject({
    conditions: [
      { type: 'NamesAccepted', status: 'False', reason: 'ListKindConflict' },
      { type: 'Established', status: 'False', reason: 'NotAccepted' },
    ],
  });
  expect(core.registry.find('example.com', 'gadgets')).toBeUndefined();
});

describe('a definition is refused', () => {
  const object = (properties: JsonObject): Parts => ({ schema: { type: 'object', properties } });

  test.each<[string, Parts, string]>([
    ['without a schema', { version: { schema: {} } }, 'openAPIV3Schema: Required value: schemas are required'],
    ['whose root is no object', { schema: { type: 'string' } }, 'must be object at the root'],
    ['with a field without type', object({ a: {} }), 'properties[a].type: Required value'],
    ['with a reference', object({ a: { $ref: '#/x', type: 'object' } }), '$ref: Forbidden'],
    [
      'with unique items',
      object({ a: { type: 'array', items: { type: 'string' }, uniqueItems: true } }),
      'uniqueItems: Forbidden',
    ],
    ['with a list without items', object({ a: { type: 'array' } }), 'items: Required value: must be specified'],
    [
      'with properties and additional ones',
      object({ a: { type: 'object', properties: {}, additionalProperties: { type: 'string' } } }),
      'additionalProperties and properties are mutual exclusive',
    ],
    [
      'with a keyed list without keys',
      object({ a: { type: 'array', items: { type: 'object' }, 'x-kubernetes-list-type': 'map' } }),
      'must not be empty if x-kubernetes-list-type is map',
    ],
    [
      'with a key that may be missing',
      object({
        a: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['k'],
          items: { type: 'object', properties: { k: { type: 'string' } } },
        },
      }),
      'it must have a default or be a required property',
    ],
    ['with a default of another type', object({ a: { type: 'integer', default: 'x' } }), 'must be of type integer'],
    [
      'with a pattern that is none',
      object({ a: { type: 'string', pattern: '(' } }),
      'must be a valid regular expression',
    ],
    [
      'with a rule that does not parse',
      object({ a: { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self >' }] } }),
      'compilation failed',
    ],
    [
      'with a rule about a field that does not exist',
      object({
        a: {
          type: 'object',
          properties: { b: { type: 'string' } },
          'x-kubernetes-validations': [{ rule: 'self.c == ""' }],
        },
      }),
      'compilation failed: No such key: c',
    ],
    [
      'with a rule that compares what cannot be compared',
      object({ a: { type: 'integer', 'x-kubernetes-validations': [{ rule: "self == 'x'" }] } }),
      'compilation failed',
    ],
    [
      'with a rule that is no condition',
      object({ a: { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self + 1' }] } }),
      'must evaluate to a bool',
    ],
    [
      'with two storage versions',
      { spec: { versions: [{ name: 'v1', served: true, storage: false }] } },
      'exactly one version',
    ],
    ['whose name is another', { spec: { names: { plural: 'others', kind: 'Widget' } } }, 'must be spec.names.plural'],
    ['with a bad group', { group: 'example' }, 'should be a domain with at least one dot'],
    [
      'with a column of an unknown type',
      { version: { additionalPrinterColumns: [{ name: 'A', type: 'colour', jsonPath: '.a' }] } },
      'must be one of integer,number,string,boolean,date',
    ],
    [
      'with a column that cannot be found',
      { version: { additionalPrinterColumns: [{ name: 'A', type: 'string', jsonPath: '.a[' }] } },
      'cannot read the JSONPath',
    ],
    ['that keeps unknown fields the old way', { spec: { preserveUnknownFields: true } }, 'cannot set to true'],
  ])('%s', async (_, parts, message) => {
    const { api } = world();
    const error = await refusal(api.create(path, definition(parts)));
    expect(error.code).toBe(422);
    expect(error.message).toContain(message);
  });

  test('that changes its scope', async () => {
    const { api } = world();
    await api.create(path, definition());
    const change = api.merge(`${path}//widgets.example.com`, { spec: { scope: 'Cluster' } });
    expect((await refusal(change)).message).toContain('spec.scope: Invalid value: "Cluster": field is immutable');
  });
});

test('a changed schema counts from the next write', async () => {
  const { api } = world();
  const closed = (properties: JsonObject) => definition({ schema: { type: 'object', properties } });
  await api.create(path, closed({ a: { type: 'string' }, b: { type: 'string' } }));
  await api.create('widgets.example.com/default/', { metadata: { name: 'w' }, a: '1', b: '1' });
  await api.merge(`${path}//widgets.example.com`, closed({ a: { type: 'string' } }));
  expect(await api.get('widgets.example.com/default/w')).toMatchObject({ a: '1', b: '1' });
  const written = await api.merge('widgets.example.com/default/w', { a: '2' });
  expect(written).not.toHaveProperty('b');
});

test('an object is shown in every served version, and stored in one', async () => {
  const { api, core } = world();
  const versions = ['v1beta1', 'v2', 'v1'].map((name) => ({
    name,
    served: true,
    storage: name === 'v1',
    schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
  }));
  await api.create(path, definition({ spec: { versions } }));
  const type = core.registry.find('example.com', 'widgets')!;
  expect(type.versions.map(({ name }) => name)).toEqual(['v2', 'v1', 'v1beta1']);
  expect(await api.create('widgets.example.com/default/', { metadata: { name: 'w' } })).toMatchObject({
    apiVersion: 'example.com/v2',
  });
  expect(core.store.table('widgets.example.com').get('default/w')!.object.apiVersion).toBe('example.com/v1');
});

describe('the status of a custom resource', () => {
  const volumes = 'meshstorvolumes.csi.meshstor.io';
  const volume = { metadata: { name: 'v' }, spec: { capacityBytes: GiB } };

  test('is not written by the main endpoint', async () => {
    const { api } = world();
    const created = await api.create(volumes, { ...volume, status: { phase: 'Synced' } });
    expect(created).not.toHaveProperty('status');
    await api.merge(`${volumes}//v`, { status: { phase: 'Synced' } }, { subresource: 'status' });
    const changed = await api.merge(`${volumes}//v`, { status: { phase: 'Failed' }, spec: { capacityBytes: 2 * GiB } });
    expect(changed).toMatchObject({ status: { phase: 'Synced' }, spec: { capacityBytes: 2 * GiB } });
  });

  test('is all that its own endpoint writes', async () => {
    const { api } = world();
    await api.create(volumes, volume);
    const patch = { status: { phase: 'Synced' }, spec: { capacityBytes: 2 * GiB }, metadata: { labels: { a: '1' } } };
    const changed = await api.merge(`${volumes}//v`, patch, { subresource: 'status' });
    expect(changed).toMatchObject({ status: { phase: 'Synced' }, spec: { capacityBytes: GiB } });
    expect(changed.metadata).not.toHaveProperty('labels');
  });

  test('does not count as a generation', async () => {
    const { api } = world();
    await api.create(volumes, volume);
    await api.merge(`${volumes}//v`, { status: { phase: 'Synced' } }, { subresource: 'status' });
    await api.merge(`${volumes}//v`, { metadata: { labels: { a: '1' } } });
    expect((await api.get(`${volumes}//v`)).metadata.generation).toBe(1);
    await api.merge(`${volumes}//v`, { spec: { capacityBytes: 2 * GiB } });
    expect((await api.get(`${volumes}//v`)).metadata.generation).toBe(2);
  });

  test('is validated by the schema', async () => {
    const { api } = world();
    await api.create(volumes, volume);
    const write = api.merge(`${volumes}//v`, { status: { phase: 'Nope' } }, { subresource: 'status' });
    expect((await refusal(write)).message).toContain('status.phase: Unsupported value: "Nope"');
  });
});

describe('unknown fields', () => {
  const volumes = 'meshstorvolumes.csi.meshstor.io';
  const volume = { metadata: { name: 'v' }, spec: { capacityBytes: GiB, sise: 1 } };

  test('are dropped with a warning that the counters keep', async () => {
    const { api, hooks } = world();
    const result = await api.handle('create', volumes, {
      body: { apiVersion: 'csi.meshstor.io/v1alpha1', kind: 'MeshStorVolume', ...volume },
    });
    expect(result).toMatchObject({ kind: 'object', warnings: ['unknown field "spec.sise"'] });
    expect([...hooks.counters.warnings]).toEqual(['unknown field "spec.sise"']);
    expect((await api.get(`${volumes}//v`)).spec).not.toHaveProperty('sise');
  });

  test('are refused by strict validation', async () => {
    const { api } = world();
    const error = await refusal(api.create(volumes, volume, { fieldValidation: 'Strict' }));
    expect(error).toMatchObject({
      code: 400,
      message:
        'MeshStorVolume in version "v1alpha1" cannot be handled as a MeshStorVolume: strict decoding error: unknown field "spec.sise"',
    });
  });

  test("are nobody's business when ignored", async () => {
    const { api, hooks } = world();
    await api.create(volumes, volume, { fieldValidation: 'Ignore' });
    expect(hooks.counters.warnings.size).toBe(0);
  });
});

test('field selectors reach the fields a definition names', async () => {
  const { api } = world();
  const version = { selectableFields: [{ jsonPath: '.spec.node' }] };
  await api.create(path, definition({ version }));
  for (const node of ['a', 'b']) {
    await api.create('widgets.example.com/default/', { metadata: { name: `on-${node}` }, spec: { node } });
  }
  expect(await api.names('widgets.example.com//', { fieldSelector: 'spec.node=b' })).toEqual(['on-b']);
});
