import type { JsonObject } from '../../../src/sim/apiserver/object/json';
import type { Obj } from '../../../src/sim/apiserver/object/object';
import { GiB, refusal, world, type World } from './world';

const volumes = 'meshstorvolumes.csi.meshstor.io';
const v = `${volumes}//v`;
const spec = { capacityBytes: GiB };

/** What each manager owns: `x Apply: f:spec ...`. */
const owners = ({ metadata }: Obj): Record<string, JsonObject> =>
  Object.fromEntries(
    (metadata.managedFields ?? []).map(({ manager, operation, subresource, fieldsV1 }) => [
      `${manager} ${operation}${subresource ? ` ${subresource}` : ''}`,
      fieldsV1!,
    ]),
  );

test('a configuration creates what is not there yet', async () => {
  const { api } = world();
  const result = await api.handle('patch', v, {
    patchType: 'apply',
    options: { fieldManager: 'x' },
    body: { apiVersion: 'csi.meshstor.io/v1alpha1', kind: 'MeshStorVolume', metadata: { name: 'v' }, spec },
  });
  expect(result).toMatchObject({ kind: 'object', code: 201, object: { object: { metadata: { generation: 1 } } } });
});

test('its manager owns just what it says, not the defaults', async () => {
  const { api } = world();
  const created = await api.apply(v, 'x', { metadata: { name: 'v', labels: { a: '1' } }, spec });
  expect(created.spec).toMatchObject({ numberOfCopies: 2 });
  expect(owners(created)).toEqual({
    'x Apply': { 'f:metadata': { 'f:labels': { 'f:a': {} } }, 'f:spec': { 'f:capacityBytes': {} } },
  });
  expect(created.metadata.managedFields![0]).toMatchObject({
    apiVersion: 'csi.meshstor.io/v1alpha1',
    time: '2026-01-01T00:00:00Z',
    fieldsType: 'FieldsV1',
  });
});

test('a field that is no longer applied is removed, unless somebody else owns it', async () => {
  const { api } = world();
  await api.apply(v, 'x', { spec: { ...spec, sectorSize: 512, nodeName: 'n1', fsType: 'ext4' } });
  await api.apply(v, 'y', { spec: { ...spec, nodeName: 'n1' } });
  const { spec: left } = await api.apply(v, 'x', { spec: { ...spec, sectorSize: 512, fsType: 'ext4' } });
  expect(left).toMatchObject({ nodeName: 'n1' });
  const { spec: none } = await api.apply(v, 'y', { spec });
  expect(none).not.toHaveProperty('nodeName');
});

test('a removed field with a default gets its default again', async () => {
  const { api } = world();
  await api.apply(v, 'x', { spec: { ...spec, memberMissingTimeout: 60 } });
  expect((await api.apply(v, 'x', { spec })).spec).toMatchObject({ memberMissingTimeout: 900 });
});

test('an object that is left empty goes with its last field', async () => {
  const { api } = world();
  await api.apply(v, 'x', { spec: { ...spec, topology: { requisite: [{ zone: 'z' }] } } });
  expect((await api.apply(v, 'x', { spec })).spec).not.toHaveProperty('topology');
});

test('what belongs to another manager is a conflict that names the field and the manager', async () => {
  const { api } = world();
  await api.apply(v, 'x', { spec: { ...spec, numberOfCopies: 2 } });
  const error = await refusal(api.apply(v, 'y', { spec: { capacityBytes: 2 * GiB } }));
  expect(error).toMatchObject({
    code: 409,
    reason: 'Conflict',
    message: 'Apply failed with 1 conflict: conflict with "x": .spec.capacityBytes',
    details: {
      causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "x"', field: '.spec.capacityBytes' }],
    },
  });
});

test('several conflicts are listed by manager', async () => {
  const { api } = world();
  await api.apply(v, 'x', { spec: { ...spec, numberOfCopies: 2 } });
  await api.merge(v, { spec: { fsType: 'ext4' } }, { options: { fieldManager: 'edit' } }).catch(() => undefined);
  await api.merge(v, { spec: { memberMissingTimeout: 60 } }, { options: { fieldManager: 'edit' } });
  const wanted = { capacityBytes: 2 * GiB, numberOfCopies: 3, memberMissingTimeout: 61 };
  const error = await refusal(api.apply(v, 'y', { spec: wanted }));
  expect(error.message).toBe(
    [
      'Apply failed with 3 conflicts: conflicts with "edit" using csi.meshstor.io/v1alpha1:',
      '- .spec.memberMissingTimeout',
      'conflicts with "x":',
      '- .spec.capacityBytes',
      '- .spec.numberOfCopies',
    ].join('\n'),
  );
});

test('the same value is no conflict: both own it', async () => {
  const { api } = world();
  await api.apply(v, 'x', { spec });
  const both = await api.apply(v, 'y', { spec });
  expect(Object.keys(owners(both))).toEqual(['x Apply', 'y Apply']);
});

test('force takes the fields over', async () => {
  const { api } = world();
  await api.apply(v, 'x', { spec: { ...spec, numberOfCopies: 2 } });
  const forced = await api.apply(v, 'y', { spec: { capacityBytes: 2 * GiB } }, { options: { force: true } });
  expect(forced.spec).toMatchObject({ capacityBytes: 2 * GiB });
  expect(owners(forced)).toEqual({
    'x Apply': { 'f:spec': { 'f:numberOfCopies': {} } },
    'y Apply': { 'f:spec': { 'f:capacityBytes': {} } },
  });
});

test('a manager that is left with nothing disappears', async () => {
  const { api } = world();
  await api.apply(v, 'x', { spec });
  const forced = await api.apply(v, 'y', { spec: { capacityBytes: 2 * GiB } }, { options: { force: true } });
  expect(Object.keys(owners(forced))).toEqual(['y Apply']);
});

test('other writes take what they change, and only that', async () => {
  const { api } = world();
  await api.apply(v, 'x', { spec: { ...spec, numberOfCopies: 2 } });
  const patch = { spec: { capacityBytes: 2 * GiB, numberOfCopies: 2 } };
  const patched = await api.merge(v, patch, { options: { fieldManager: 'edit' } });
  expect(owners(patched)).toEqual({
    'x Apply': { 'f:spec': { 'f:numberOfCopies': {} } },
    'edit Update': { 'f:spec': { 'f:capacityBytes': {} } },
  });
});

test('writes without a field manager are those of the client', async () => {
  const { api } = world();
  const created = await api.create(volumes, { metadata: { name: 'v' }, spec });
  expect(Object.keys(owners(created))).toEqual(['test Update']);
});

test('metadata goes with the fields a manager drops, but never as a whole', async () => {
  const { api } = world();
  await api.apply(v, 'x', { metadata: { name: 'v', labels: { a: '1' }, finalizers: ['a.b/c'] }, spec });
  const { metadata } = await api.apply(v, 'x', { spec });
  expect(metadata).not.toHaveProperty('labels');
  expect(metadata).not.toHaveProperty('finalizers');
  expect(metadata.uid).toBeDefined();
});

describe('lists', () => {
  test('with keys are owned item by item', async () => {
    const { api } = world();
    await api.apply(v, 'x', {
      spec: { ...spec, numberOfCopies: 3, placement: [{ nodeName: 'a' }, { nodeName: 'b' }] },
    });
    await api.apply(v, 'y', { spec: { ...spec, placement: [{ nodeName: 'c', device: 'd' }] } });
    const after = await api.apply(v, 'x', { spec: { ...spec, numberOfCopies: 3, placement: [{ nodeName: 'b' }] } });
    expect((after.spec as JsonObject).placement).toEqual([{ nodeName: 'b' }, { nodeName: 'c', device: 'd' }]);
    expect(owners(after)['x Apply']).toEqual({
      'f:spec': {
        'f:capacityBytes': {},
        'f:numberOfCopies': {},
        'f:placement': { 'k:{"nodeName":"b"}': { '.': {}, 'f:nodeName': {} } },
      },
    });
  });

  test('with keys keep the order of the configuration where it has one', async () => {
    const { api } = world();
    const placement = (...names: string[]) => ({
      ...spec,
      numberOfCopies: 8,
      placement: names.map((nodeName) => ({ nodeName })),
    });
    await api.apply(v, 'x', { spec: placement('a', 'b', 'c', 'd') });
    const { spec: after } = await api.apply(v, 'y', { spec: placement('d', 'e', 'b') });
    expect((after as { placement: { nodeName: string }[] }).placement.map(({ nodeName }) => nodeName)).toEqual([
      'a',
      'c',
      'd',
      'e',
      'b',
    ]);
  });

  test('that are sets are owned value by value', async () => {
    const { api } = world();
    await api.apply(v, 'x', { spec: { ...spec, accessModes: ['ReadWriteOnce', 'ReadOnlyMany'] } });
    await api.apply(v, 'y', { spec: { ...spec, accessModes: ['ReadWriteMany'] } });
    const after = await api.apply(v, 'x', { spec: { ...spec, accessModes: ['ReadWriteOnce'] } });
    expect((after.spec as JsonObject).accessModes).toEqual(['ReadWriteOnce', 'ReadWriteMany']);
  });

  test('that are atomic have one owner and are replaced', async () => {
    const { api } = world();
    await api.apply(v, 'x', { spec: { ...spec, topology: { requisite: [{ zone: 'a' }] } } });
    const other = { spec: { ...spec, topology: { requisite: [{ zone: 'b' }] } } };
    expect((await refusal(api.apply(v, 'y', other))).message).toContain('conflict with "x": .spec.topology.requisite');
    const forced = await api.apply(v, 'y', other, { options: { force: true } });
    expect(forced.spec).toMatchObject({ topology: { requisite: [{ zone: 'b' }] } });
  });

  test.each<[string, JsonObject, string]>([
    [
      'two items of one key',
      { placement: [{ nodeName: 'a' }, { nodeName: 'a' }] },
      '.spec.placement: duplicate entries for key [nodeName="a"]',
    ],
    ['an item without key', { placement: [{ device: 'a' }] }, 'an element that omits key field "nodeName"'],
    [
      'a value twice in a set',
      { accessModes: ['ReadWriteOnce', 'ReadWriteOnce'] },
      'duplicate entries for key [="ReadWriteOnce"]',
    ],
    ['a field no schema knows', { nope: 1 }, '.spec.nope: field not declared in schema'],
    ['a value of another type', { placement: 'a' }, '.spec.placement: expected list, got string'],
  ])('%s cannot be applied', async (_, extra, message) => {
    const { api } = world();
    const error = await refusal(api.apply(v, 'x', { spec: { ...spec, ...extra } }));
    expect(error.code).toBe(500);
    expect(error.message).toContain(
      'failed to create typed patch object (/v; csi.meshstor.io/v1alpha1, Kind=MeshStorVolume)',
    );
    expect(error.message).toContain(message);
  });
});

describe('the status endpoint', () => {
  const condition = (type: string, status = 'True') => ({
    type,
    status,
    reason: 'R',
    message: '',
    lastTransitionTime: '2026-01-01T00:00:00Z',
  });
  const status = (w: World, manager: string, fields: object) =>
    w.api.apply(v, manager, { status: fields }, { subresource: 'status' });

  test('has managers of its own, one writer per field', async () => {
    const w = world();
    await w.api.apply(v, 'ctl', { spec });
    await status(w, 'ctl', { phase: 'Synced', conditions: [condition('A')] });
    const after = await status(w, 'node', { conditions: [condition('B')] });
    expect(after.status).toEqual({ phase: 'Synced', conditions: [condition('A'), condition('B')] });
    expect(Object.keys(owners(after)).sort()).toEqual(['ctl Apply', 'ctl Apply status', 'node Apply status']);
  });

  test('names itself in conflicts', async () => {
    const w = world();
    await w.api.apply(v, 'ctl', { spec });
    await status(w, 'ctl', { conditions: [condition('A')] });
    const error = await refusal(status(w, 'node', { conditions: [condition('A', 'False')] }));
    expect(error.message).toBe(
      'Apply failed with 1 conflict: conflict with "ctl" with subresource "status": .status.conditions[type="A"].status',
    );
  });

  test('takes nothing but the status, and owns nothing else', async () => {
    const w = world();
    await w.api.apply(v, 'ctl', { spec });
    const body = {
      metadata: { name: 'v', labels: { a: '1' } },
      spec: { capacityBytes: 9 * GiB },
      status: { phase: 'Synced' },
    };
    const after = await w.api.apply(v, 'node', body, { subresource: 'status' });
    expect(after).toMatchObject({ spec: { capacityBytes: GiB }, status: { phase: 'Synced' } });
    expect(owners(after)['node Apply status']).toEqual({ 'f:status': { 'f:phase': {} } });
  });

  test('creates nothing', async () => {
    const w = world();
    expect(await refusal(status(w, 'node', { phase: 'Synced' }))).toMatchObject({ code: 404 });
  });
});

describe('a configuration is refused', () => {
  test('without a field manager', async () => {
    const { api } = world();
    const error = await refusal(api.apply(v, '', { spec }));
    expect(error.message).toBe(
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    );
  });

  test.each([
    ['of another version', { apiVersion: 'csi.meshstor.io/v9' }, 400, 'Incorrect version specified in apply patch'],
    ['of another kind', { kind: 'Other' }, 500, 'no corresponding type for csi.meshstor.io/v1alpha1, Kind=Other'],
    ['with managedFields', { metadata: { name: 'v', managedFields: [{}] } }, 400, 'metadata.managedFields must be nil'],
    ['for another name', { metadata: { name: 'w' } }, 400, 'does not match the name on the URL'],
  ])('%s', async (_, extra, code, message) => {
    const { api } = world();
    const error = await refusal(api.apply(v, 'x', { spec, ...extra }));
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });

  test('when it names an object that is gone by its uid', async () => {
    const { api } = world();
    const error = await refusal(api.apply(v, 'x', { metadata: { name: 'v', uid: 'gone' }, spec }));
    expect(error.reason).toBe('Conflict');
    expect(error.message).toContain(
      'uid mismatch: the provided object specified uid gone, and no existing object was found',
    );
  });
});

test('a resourceVersion does not keep a deleted object from being created anew, as on the real server', async () => {
  const { api } = world();
  const created = await api.apply(v, 'x', { metadata: { name: 'v', resourceVersion: '1' }, spec });
  expect(created.metadata.uid).toBeDefined();
});
