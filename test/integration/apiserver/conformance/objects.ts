import { objectAt, stringAt, type JsonObject } from '../../../../src/sim/apiserver/object/json';
import type { RawAnswer } from '../raw';
import { collection, configMap, configMaps, widget, type Subject } from './subject';

export const metadataOf = ({ body }: RawAnswer): JsonObject => objectAt(body, 'metadata');

/** Creation, reading, replacing and deleting, with the refusals that clients tell apart. */
export function objects(subject: () => Subject): void {
  const cm = (name = '') => configMaps(subject()) + (name && `/${name}`);
  const wdg = (name = '') => collection(subject()) + (name && `/${name}`);
  const { raw } = { raw: () => subject().raw };

  test('an object gets its identity when it is created', async () => {
    const created = await raw().post(cm(), configMap('identity', { a: '1' }));
    expect(created.status).toBe(201);
    expect(metadataOf(created)).toMatchObject({
      name: 'identity',
      namespace: subject().namespace,
      uid: expect.any(String),
      resourceVersion: expect.any(String),
      creationTimestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
    expect(metadataOf(created)).not.toHaveProperty('generation');
    expect(metadataOf(await raw().post(wdg(), widget('identity')))).toMatchObject({ generation: 1 });
  });

  test.each<[string, (path: typeof cm) => [path: string, object: object], number, string, RegExp]>([
    ['is taken', (path) => [path(), configMap('taken')], 409, 'AlreadyExists', /^configmaps "taken" already exists$/],
    [
      'is missing',
      (path) => [path(), configMap('')],
      422,
      'Invalid',
      /metadata.name: Required value: name or generateName is required/,
    ],
    [
      'is malformed',
      (path) => [path(), configMap('Bad_Name')],
      422,
      'Invalid',
      /^ConfigMap "Bad_Name" is invalid: metadata.name: Invalid value: "Bad_Name"/,
    ],
    [
      'is in another namespace',
      (path) => [path(), configMap('x', {}, { namespace: 'other' })],
      400,
      'BadRequest',
      /namespace/,
    ],
    [
      'is in no namespace',
      () => ['/api/v1/namespaces/no-such/configmaps', configMap('x')],
      404,
      'NotFound',
      /^namespaces "no-such" not found$/,
    ],
  ])('a creation is refused when the name %s', async (_, request, status, reason, message) => {
    await raw().post(cm(), configMap('taken'));
    const refused = await raw().post(...request(cm));
    expect(refused).toMatchObject({ status, body: { kind: 'Status', status: 'Failure', reason, code: status } });
    expect(stringAt(refused.body, 'message')).toMatch(message);
  });

  test('what is not there is not found, and says what it would have been', async () => {
    const missing = await raw().get(wdg('missing'));
    expect(missing).toMatchObject({
      status: 404,
      body: {
        reason: 'NotFound',
        message: 'widgets.conformance.meshstor.io "missing" not found',
        details: { name: 'missing', group: 'conformance.meshstor.io', kind: 'widgets' },
      },
    });
  });

  test('a kind that is not served is not found either, without a name', async () => {
    const missing = await raw().get(`/api/v1/namespaces/${subject().namespace}/nonsense/x`);
    expect(missing).toMatchObject({ status: 404, body: { reason: 'NotFound' } });
    expect(objectAt(missing.body, 'details')).not.toHaveProperty('name');
  });

  test('an update with an old resourceVersion is a conflict', async () => {
    const created = await raw().post(cm(), configMap('cas', { a: '1' }));
    await raw().merge(cm('cas'), { data: { a: '2' } });
    const refused = await raw().put(cm('cas'), created.body);
    expect(refused).toMatchObject({
      status: 409,
      body: {
        reason: 'Conflict',
        message:
          'Operation cannot be fulfilled on configmaps "cas": the object has been modified; please apply your changes to the latest version and try again',
      },
    });
    const patch = { metadata: { resourceVersion: metadataOf(created).resourceVersion }, data: { a: '3' } };
    expect(await raw().merge(cm('cas'), patch)).toMatchObject({ status: 409 });
  });

  test('an update of a custom resource must carry a resourceVersion, of a built-in one need not', async () => {
    await raw().post(cm(), configMap('unconditional'));
    await raw().post(wdg(), widget('unconditional'));
    expect(await raw().put(cm('unconditional'), configMap('unconditional', { a: '1' }))).toMatchObject({ status: 200 });
    const refused = await raw().put(wdg('unconditional'), widget('unconditional'));
    expect(refused).toMatchObject({ status: 422 });
    expect(refused.body.message).toMatch(/metadata.resourceVersion: Invalid value: .*must be specified for an update/);
  });

  test('an update that changes nothing gives no new version', async () => {
    const created = await raw().post(cm(), configMap('same', { a: '1' }));
    const again = await raw().put(cm('same'), created.body);
    expect(metadataOf(again).resourceVersion).toBe(metadataOf(created).resourceVersion);
  });

  test('generation counts changes of the spec only', async () => {
    await raw().post(wdg(), widget('generation'));
    await raw().merge(wdg('generation'), { metadata: { labels: { a: '1' } } });
    await raw().merge(wdg('generation/status'), { status: { phase: 'New' } });
    expect(metadataOf(await raw().get(wdg('generation')))).toMatchObject({ generation: 1 });
    expect(metadataOf(await raw().merge(wdg('generation'), { spec: { size: 2 } }))).toMatchObject({ generation: 2 });
  });

  test('a dry run answers as if, and stores nothing', async () => {
    const created = await raw().call('POST', `${cm()}?dryRun=All`, { body: configMap('dry') });
    expect(created.status).toBe(201);
    expect((await raw().get(cm('dry'))).status).toBe(404);
  });

  describe('deletion', () => {
    test('of an object without finalizers is immediate', async () => {
      const created = await raw().post(cm(), configMap('gone'));
      expect(await raw().delete(cm('gone'))).toMatchObject({
        status: 200,
        body: {
          kind: 'Status',
          status: 'Success',
          details: { name: 'gone', kind: 'configmaps', uid: metadataOf(created).uid },
        },
      });
      expect((await raw().get(cm('gone'))).status).toBe(404);
    });

    test('waits for finalizers, and lets no new ones in', async () => {
      await raw().post(wdg(), widget('held', { size: 1 }, { finalizers: ['a.example.com/x', 'b.example.com/x'] }));
      const marked = await raw().delete(wdg('held'));
      expect(metadataOf(marked)).toMatchObject({ deletionTimestamp: expect.any(String), generation: 2 });
      const more = { metadata: { finalizers: ['a.example.com/x', 'b.example.com/x', 'c.example.com/x'] } };
      const refused = await raw().merge(wdg('held'), more);
      expect(refused).toMatchObject({ status: 422 });
      expect(refused.body.message).toContain('no new finalizers can be added if the object is being deleted');
      await raw().merge(wdg('held'), { metadata: { finalizers: ['b.example.com/x'] } });
      expect((await raw().get(wdg('held'))).status).toBe(200);
      await raw().merge(wdg('held'), { metadata: { finalizers: null } });
      expect((await raw().get(wdg('held'))).status).toBe(404);
    });

    test.each([
      ['uid', 'other'],
      ['resourceVersion', '1'],
    ])('can depend on the %s', async (field, value) => {
      await raw().post(cm(), configMap(`if-${field.toLowerCase()}`));
      const options = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { [field]: value } };
      const refused = await raw().delete(cm(`if-${field.toLowerCase()}`), options);
      expect(refused).toMatchObject({ status: 409, body: { reason: 'Conflict' } });
    });
  });
}
