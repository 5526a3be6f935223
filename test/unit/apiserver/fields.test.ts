import fc from 'fast-check';
import {
  difference,
  intersection,
  isEmpty,
  isFields,
  leaves,
  noFields,
  sameFields,
  union,
  without,
  type Fields,
} from '../../../src/sim/apiserver/apply/fields';
import { compare } from '../../../src/sim/apiserver/apply/compare';
import { fieldSet } from '../../../src/sim/apiserver/apply/fieldset';
import { merge } from '../../../src/sim/apiserver/apply/merge';
import { remove } from '../../../src/sim/apiserver/apply/remove';
import type { Json, JsonObject } from '../../../src/sim/apiserver/object/json';
import { fromJsonSchema } from '../../../src/sim/apiserver/schema/structural';

/** Every member of a set as a list of steps, which is what a set of paths is without its encoding. */
function members(fields: Fields, prefix: string[] = []): string[] {
  return Object.entries(fields).flatMap(([element, child]) => {
    if (element === '.') return [];
    const path = [...prefix, element];
    const itself = isEmpty(child) || '.' in child ? [path.join(' ')] : [];
    return [...itself, ...members(child, path)];
  });
}

const names = fc.constantFrom('f:a', 'f:b', 'k:{"name":"x"}', 'v:1');
const sets: fc.Arbitrary<Fields> = fc.letrec<{ set: Fields; node: Fields }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    fc.constant(noFields),
    fc
      .tuple(fc.dictionary(names, tie('node'), { minKeys: 1, maxKeys: 3 }), fc.boolean())
      .map(([children, itself]) => (itself ? { '.': noFields, ...children } : children)),
  ),
  set: fc.dictionary(names, tie('node'), { maxKeys: 3 }),
})).set;

const asSet = (fields: Fields) => new Set(members(fields));
const sorted = (values: Iterable<string>) => [...values].sort();

describe('sets of fields are sets of paths', () => {
  test('in their union', () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        expect(sorted(asSet(union(a, b)))).toEqual(sorted(new Set([...asSet(a), ...asSet(b)])));
      }),
    );
  });

  test('in their intersection', () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        expect(sorted(asSet(intersection(a, b)))).toEqual(sorted([...asSet(a)].filter((path) => asSet(b).has(path))));
      }),
    );
  });

  test('in their difference', () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        expect(sorted(asSet(difference(a, b)))).toEqual(sorted([...asSet(a)].filter((path) => !asSet(b).has(path))));
      }),
    );
  });

  test('in what is left without some, and all below them', () => {
    const below = (path: string, others: Set<string>) =>
      [...others].some((other) => path === other || path.startsWith(`${other} `));
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        expect(sorted(asSet(without(a, b)))).toEqual(sorted([...asSet(a)].filter((path) => !below(path, asSet(b)))));
      }),
    );
  });

  test('in being the same', () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        expect(sameFields(a, b)).toBe(sorted(asSet(a)).join() === sorted(asSet(b)).join());
      }),
    );
  });

  test('in the form that clients send', () => {
    fc.assert(fc.property(sets, (a) => expect(isFields(a)).toBe(true)));
    expect(isFields({ 'x:a': {} })).toBe(false);
    expect(isFields({ 'f:a': [] })).toBe(false);
  });
});

test('paths read as people write them', () => {
  expect(
    leaves({
      'f:spec': { 'f:ports': { 'k:{"name":"http","port":80}': { '.': {}, 'f:port': {} } }, 'f:modes': { 'v:"x"': {} } },
    }),
  ).toEqual(['.spec.modes[="x"]', '.spec.ports[name="http",port=80].port']);
});

const schema = fromJsonSchema({
  type: 'object',
  properties: {
    number: { type: 'integer' },
    nested: { type: 'object', properties: { text: { type: 'string' } } },
    map: { type: 'object', additionalProperties: { type: 'string' } },
    set: { type: 'array', items: { type: 'integer' }, 'x-kubernetes-list-type': 'set' },
    list: { type: 'array', items: { type: 'integer' } },
    items: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: { type: 'object', properties: { name: { type: 'string' }, value: { type: 'integer' } } },
    },
    open: { 'x-kubernetes-preserve-unknown-fields': true },
  },
});

const small = fc.integer({ min: 0, max: 3 });
const values: fc.Arbitrary<JsonObject> = fc.record(
  {
    number: small,
    nested: fc.record({ text: fc.constantFrom('x', 'y') }, { requiredKeys: [] }),
    map: fc.dictionary(fc.constantFrom('k', 'l'), fc.constantFrom('x', 'y')),
    set: fc.uniqueArray(small),
    list: fc.array(small, { maxLength: 3 }),
    items: fc.uniqueArray(fc.record({ name: fc.constantFrom('x', 'y', 'z'), value: small }), {
      selector: ({ name }) => name,
    }),
    open: fc.dictionary(fc.constantFrom('k', 'l'), fc.oneof(small, fc.array(small, { maxLength: 2 }))),
  },
  { requiredKeys: [] },
);

describe('configurations and values', () => {
  test('a value compared with itself has not changed', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(compare(schema, value, structuredClone(value))).toEqual({ changed: {}, removed: {} });
      }),
    );
  });

  test('what comes and what goes are mirror images', () => {
    fc.assert(
      fc.property(values, values, (before, after) => {
        const [there, back] = [compare(schema, before, after), compare(schema, after, before)];
        const added = difference(there.changed, back.changed);
        expect(sorted(asSet(added))).toEqual(sorted(asSet(difference(back.removed, there.removed))));
      }),
    );
  });

  test('after a merge every applied field has the applied value', () => {
    fc.assert(
      fc.property(values, values, (live, config) => {
        const merged = merge(schema, live, config) as JsonObject;
        const { changed } = compare(schema, merged, merge(schema, merged, config) as JsonObject);
        expect(changed).toEqual({});
        const missing = difference(fieldSet(schema, config), fieldSet(schema, merged));
        // An empty container is a leaf of its own; merged into a full one it is no longer visible.
        expect(leaves(missing).every((path) => emptyAt(config, path))).toBe(true);
      }),
    );
  });

  test('a merge takes nothing away', () => {
    fc.assert(
      fc.property(values, values, (live, config) => {
        const { removed } = compare(schema, live, merge(schema, live, config) as JsonObject);
        expect(leaves(removed).filter((path) => !path.startsWith('.open'))).toEqual([]);
      }),
    );
  });

  test('removing all that was applied to nothing leaves nothing', () => {
    fc.assert(
      fc.property(values, (config) => {
        const left = remove(schema, config, fieldSet(schema, config)) as JsonObject;
        expect(Object.keys(left)).toEqual([]);
      }),
    );
  });
});

function emptyAt(config: JsonObject, path: string): boolean {
  let value: Json | undefined = config;
  for (const step of path.slice(1).split('.')) value = (value as JsonObject | undefined)?.[step];
  return value !== undefined && value !== null && Object.keys(value).length === 0;
}
