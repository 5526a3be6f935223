import fc from 'fast-check';
import { Indexes } from '../../../src/runtime/cache/indexes';

type Tags = string[];

describe('Indexes', () => {
  it('hold under each value exactly the keys of the objects that have it, few or many', () => {
    const key = fc.nat(80).map(String);
    // One value that most objects have, so that its keys become many and few again.
    const tags: fc.Arbitrary<Tags> = fc.array(fc.oneof(fc.constant('common'), fc.constantFrom('x', 'y', 'z')), {
      maxLength: 3,
    });
    const change = fc.record({ key, now: fc.option(tags, { nil: undefined, freq: 5 }) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 100, maxLength: 400 }), (changes) => {
        const indexes = new Indexes<Tags>({ tag: (object) => object });
        const objects = new Map<string, Tags>();
        for (const { key, now } of changes) {
          indexes.update(key, objects.get(key), now);
          if (now) objects.set(key, now);
          else objects.delete(key);
        }
        for (const value of ['common', 'x', 'y', 'z', 'none']) {
          const expected = [...objects].filter(([, tags]) => tags.includes(value)).map(([key]) => key);
          expect([...indexes.keys('tag', value)].sort()).toEqual(expected.sort());
        }
      }),
    );
  });
});
