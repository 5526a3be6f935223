import fc from 'fast-check';
import { withoutManagedFields } from '../../../src/runtime/kube/managed-fields';

const entry = (text: string) => ({
  apiVersion: 'v1',
  manager: text,
  fieldsV1: { [`k:{"name":"${text}"}`]: { '.': {} } },
});

describe('withoutManagedFields', () => {
  it.each<[string, object]>([
    ['in the middle', { metadata: { labels: {}, managedFields: [entry('a')], name: 'n' } }],
    ['first', { metadata: { managedFields: [entry('a')], name: 'n' } }],
    ['last', { metadata: { name: 'n', managedFields: [entry('a')] } }],
    ['alone', { metadata: { managedFields: [entry('a')] } }],
    ['as typed resources have it', { metadata: { managedFields: [{ manager: 'm' }, { manager: 'n' }], name: 'n' } }],
    ['around brackets and quotes', { metadata: { managedFields: [entry(']}"\\'), entry('[{\\"')], name: 'n' } }],
  ])('leaves them out where they stand %s', (_where, object) => {
    const { metadata } = structuredClone(object) as { metadata: { managedFields?: unknown } };
    delete metadata.managedFields;
    expect(withoutManagedFields(JSON.stringify(object))).toBe(JSON.stringify({ metadata }));
  });

  it.each([
    ['with spaces', '{"managedFields": [ {"manager":"m"} ]}'],
    ['empty', '{"managedFields":[]}'],
    ['as the end of another key', JSON.stringify({ 'x"managedFields': [entry('a')] })],
    ['in a text', JSON.stringify({ note: JSON.stringify({ managedFields: [entry('a')] }) })],
    ['cut off', '{"managedFields":[{"manager":"m'],
  ])('returns the text as it is where they stand %s', (_how, text) => {
    expect(withoutManagedFields(text)).toBe(text);
  });

  it('changes nothing else of any list', () => {
    const managed = fc.array(fc.string().map(entry), { minLength: 1, maxLength: 3 });
    const before = fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true });
    const item = fc.record({ before, managedFields: fc.option(managed), after: before, status: fc.jsonValue() });
    const nameless = (name: string) => name !== 'managedFields';
    fc.assert(
      fc.property(fc.array(item, { maxLength: 4 }), (items) => {
        const objects = (strip: boolean) =>
          items.map(({ before, managedFields, after, status }) => {
            const entries = [
              ...Object.entries(before).filter(([key]) => nameless(key)),
              ...(managedFields && !strip ? [['managedFields', managedFields]] : []),
              ...Object.entries(after).filter(([key]) => nameless(key)),
            ] as [string, unknown][];
            return { metadata: Object.fromEntries(entries), status };
          });
        const stripped = JSON.parse(withoutManagedFields(JSON.stringify({ items: objects(false) }))) as unknown;
        expect(stripped).toEqual(JSON.parse(JSON.stringify({ items: objects(true) })));
      }),
    );
  });
});
