import { listAt, objectAt, stringAt, type JsonObject } from '../../../../src/sim/apiserver/object/json';
import type { RawAnswer } from '../raw';
import { collection, widget, type Subject } from './subject';

const specOf = ({ body }: RawAnswer): JsonObject => objectAt(body, 'spec');
const fieldsOf = ({ body }: RawAnswer): string[] =>
  listAt(objectAt(body, 'details'), 'causes').map((cause) => stringAt(cause as JsonObject, 'field') ?? '');

/** What a CRD's schema does to its objects. Rules (CEL) need a server of release 1.25. */
export function schema(subject: () => Subject, rules: typeof test): void {
  const path = (name = '') => collection(subject()) + (name && `/${name}`);
  const raw = () => subject().raw;

  test('unknown fields are pruned, except where they are kept', async () => {
    const spec = { size: 1, unknown: 1, nested: { a: '1', c: '1' }, open: { anything: { at: 1 } } };
    const created = await raw().post(path(), widget('pruned', spec));
    expect(specOf(created)).toEqual({ size: 1, colour: 'red', nested: { a: '1' }, open: { anything: { at: 1 } } });
  });

  test('defaults are filled in, also in the items of lists', async () => {
    const created = await raw().post(path(), widget('defaults', { size: 1, parts: [{ name: 'a' }] }));
    expect(specOf(created)).toMatchObject({ colour: 'red', parts: [{ name: 'a', unit: 'kg' }] });
  });

  test('a null is kept where it is allowed, and gives way to a default', async () => {
    const created = await raw().post(path(), widget('nulls', { size: 1, maybe: null, colour: null }));
    expect(specOf(created)).toMatchObject({ maybe: null, colour: 'red' });
  });

  test.each<[string, object, string]>([
    ['a missing field', {}, 'spec.size'],
    ['a value too small', { size: 0 }, 'spec.size'],
    ['a value too large', { size: 101 }, 'spec.size'],
    ['a value of another type', { size: 'x' }, 'spec.size'],
    ['a value that is not listed', { size: 1, colour: 'blue' }, 'spec.colour'],
    ['a text too short', { size: 1, name: 'a' }, 'spec.name'],
    ['a text too long', { size: 1, name: 'abcdef' }, 'spec.name'],
    ['a text that does not match', { size: 1, name: 'AB' }, 'spec.name'],
    ['a time that is none', { size: 1, when: 'today' }, 'spec.when'],
    ['a map value of another type', { size: 1, options: { a: 1 } }, 'spec.options.a'],
  ])('%s is invalid', async (_, spec, field) => {
    const refused = await raw().post(path(), widget('invalid', spec));
    expect(refused).toMatchObject({
      status: 422,
      body: { reason: 'Invalid', details: { name: 'invalid', group: 'conformance.meshstor.io', kind: 'Widget' } },
    });
    expect(fieldsOf(refused)).toContain(field);
    expect(refused.body.message).toContain('Widget.conformance.meshstor.io "invalid" is invalid: ');
  });

  test.each([
    ['a set', { tags: ['a', 'a'] }, 'spec.tags[1]'],
    ['a keyed list', { parts: [{ name: 'a' }, { name: 'a' }] }, 'spec.parts[1]'],
  ])('%s holds no item twice', async (_, extra, field) => {
    const refused = await raw().post(path(), widget('twice', { size: 1, ...extra }));
    expect(refused.status).toBe(422);
    expect(fieldsOf(refused)).toEqual([field]);
    expect(JSON.stringify(refused.body)).toContain('FieldValueDuplicate');
  });

  test('a patch is judged by its result', async () => {
    await raw().post(path(), widget('judged'));
    expect(await raw().merge(path('judged'), { spec: { size: null } })).toMatchObject({ status: 422 });
    expect(await raw().merge(path('judged'), { spec: { colour: null } })).toMatchObject({
      status: 200,
      body: { spec: { colour: 'red' } },
    });
  });

  test('the main endpoint does not write the status, and the status endpoint nothing else', async () => {
    const created = await raw().post(path(), { ...widget('split'), status: { phase: 'New' } });
    expect(created.body).not.toHaveProperty('status');
    const both = { spec: { size: 5 }, status: { phase: 'New', unknown: 1 }, metadata: { labels: { a: '1' } } };
    const status = await raw().merge(path('split/status'), both);
    expect(status.body).toMatchObject({ spec: { size: 1 }, status: { phase: 'New' } });
    expect(status.body.status).not.toHaveProperty('unknown');
    expect(objectAt(status.body, 'metadata')).not.toHaveProperty('labels');
    const main = await raw().merge(path('split'), { status: { phase: 'Old' }, spec: { size: 5 } });
    expect(main.body).toMatchObject({ spec: { size: 5 }, status: { phase: 'New' } });
    expect((await raw().merge(path('split/status'), { status: { phase: 'Odd' } })).status).toBe(422);
  });

  rules('rules judge an object', async () => {
    const refused = await raw().post(path(), widget('rules', { size: 1, name: 'taken' }));
    expect(refused).toMatchObject({ status: 422 });
    expect(fieldsOf(refused)).toEqual(['spec.name']);
    expect(refused.body.message).toContain('the name is taken');
  });

  rules('rules judge a change', async () => {
    await raw().post(path(), widget('grows', { size: 5 }));
    expect((await raw().merge(path('grows'), { spec: { size: 6 } })).status).toBe(200);
    const refused = await raw().merge(path('grows'), { spec: { size: 4 } });
    expect(refused).toMatchObject({ status: 422 });
    expect(refused.body.message).toContain('size may only grow');
  });
}
