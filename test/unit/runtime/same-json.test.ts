import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { sameJSON } from '../../../src/runtime/same-json';

describe('sameJSON', () => {
  it.each<[unknown, unknown, boolean]>([
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
    [{ a: 1, b: undefined }, { a: 1 }, true],
    [{ a: null }, {}, false],
    [{ a: [] }, { a: {} }, false],
    [[1, 2], [2, 1], false],
    [[1], [1, undefined], false],
    [[undefined], [null], true],
    [undefined, undefined, true],
    [undefined, {}, false],
    [{ toString: 1 }, {}, false],
    ['1', 1, false],
    [null, null, true],
  ])('%j and %j: %p', (a, b, same) => {
    expect(sameJSON(a, b)).toBe(same);
    expect(sameJSON(b, a)).toBe(same);
  });

  it('agrees with comparing what goes over the wire', () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const plain = (one: unknown) => JSON.parse(JSON.stringify(one)) as unknown;
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(sameJSON(a, b)).toBe(isDeepStrictEqual(plain(a), plain(b)));
        expect(sameJSON(a, plain(a))).toBe(true);
      }),
    );
  });
});
