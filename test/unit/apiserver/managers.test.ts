import type { JsonObject } from '../../../src/sim/apiserver/object/json';
import type { Obj } from '../../../src/sim/apiserver/object/object';
import { GiB, refusal, world } from './world';

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

describe('entries of managedFields', () => {
  test('can be reset by a client', async () => {
    const { api } = world();
    await api.apply(v, 'x', { spec });
    const reset = await api.merge(v, { metadata: { managedFields: [{}] } });
    expect(reset.metadata).not.toHaveProperty('managedFields');
  });

  test('can be rewritten by a client', async () => {
    const { api } = world();
    const { metadata } = await api.apply(v, 'x', { spec });
    const managedFields = metadata.managedFields!.map((entry) => ({ ...entry, manager: 'renamed' }));
    const renamed = await api.merge(v, { metadata: { managedFields } });
    expect(Object.keys(owners(renamed))).toEqual(['renamed Apply']);
  });

  test.each([
    ['an operation', { operation: 'Steal' }],
    ['a type', { fieldsType: 'FieldsV2' }],
    ['fields', { fieldsV1: { 'f:spec': { 'q:x': {} } } }],
    ['keys', { fieldsV1: { 'k:{nope': {} } }],
  ])('with %s that does not exist are refused', async (_, wrong) => {
    const { api } = world();
    const { metadata } = await api.apply(v, 'x', { spec });
    const managedFields = [{ ...metadata.managedFields![0], ...wrong }];
    expect(await refusal(api.merge(v, { metadata: { managedFields } }))).toMatchObject({ code: 400 });
  });

  test('of more than ten updaters are folded into one', async () => {
    const { api } = world();
    await api.apply(v, 'x', { spec });
    for (let i = 0; i < 15; i++) {
      await api.merge(v, { metadata: { labels: { [`l${i}`]: '1' } } }, { options: { fieldManager: `m${i}` } });
    }
    const managers = (await api.get(v)).metadata.managedFields!.map(({ manager }) => manager);
    expect(managers).toContain('ancient-changes');
    expect(managers.length).toBeLessThanOrEqual(12);
  });
});

describe('client-side apply', () => {
  const annotation = 'kubectl.kubernetes.io/last-applied-configuration';
  const config = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'c', namespace: 'default' },
    data: { a: '1' },
  };
  const applied = (data: object) => ({
    metadata: { name: 'c', annotations: { [annotation]: JSON.stringify({ ...config, data }) } },
    data,
  });

  test('hands over to server-side apply without force', async () => {
    const { api } = world();
    await api.create('configmaps/default/', applied({ a: '1' }), { fieldManager: 'kubectl-client-side-apply' });
    const moved = await api.apply('configmaps/default/c', 'kubectl', { data: { a: '2' } });
    expect(moved.data).toEqual({ a: '2' });
    expect(moved.metadata.annotations![annotation]).toContain('"a":"2"');
  });

  test('does not hand over what somebody changed since', async () => {
    const { api } = world();
    await api.create('configmaps/default/', applied({ a: '1' }), { fieldManager: 'kubectl-client-side-apply' });
    await api.merge('configmaps/default/c', { data: { a: '3' } }, { options: { fieldManager: 'edit' } });
    expect(await refusal(api.apply('configmaps/default/c', 'kubectl', { data: { a: '2' } }))).toMatchObject({
      code: 409,
    });
  });

  test('hands over to nobody but kubectl', async () => {
    const { api } = world();
    await api.create('configmaps/default/', applied({ a: '1' }), { fieldManager: 'kubectl-client-side-apply' });
    expect(await refusal(api.apply('configmaps/default/c', 'other', { data: { a: '2' } }))).toMatchObject({
      code: 409,
    });
  });
});

test('what the server fills in belongs to nobody', async () => {
  const { api } = world();
  const service = await api.create('services/default/', { metadata: { name: 's' }, spec: { ports: [{ port: 80 }] } });
  expect(service.spec).toMatchObject({ clusterIP: '10.96.0.10', type: 'ClusterIP' });
  expect(Object.keys(owners(service)['test Update']!['f:spec']!).sort()).toEqual([
    'f:internalTrafficPolicy',
    'f:ports',
    'f:sessionAffinity',
    'f:type',
  ]);
});
