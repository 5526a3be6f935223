import fc from 'fast-check';
import { canonicalQuantity, compareQuantities, isQuantity } from '../../../src/sim/apiserver/object/quantity';

describe('quantities', () => {
  test.each([
    ['1024Mi', '1Gi'],
    ['1.5Gi', '1536Mi'],
    ['0.5', '500m'],
    ['1000', '1k'],
    ['1500m', '1500m'],
    ['1e3', '1e3'],
    ['100n', '100n'],
    ['0.1n', '1n'],
    ['0', '0'],
    ['0Gi', '0'],
    ['1000Ki', '1000Ki'],
    ['-1024Ki', '-1Mi'],
    ['1073741824', '1073741824'],
  ])('%s is stored as %s', (given, stored) => {
    expect(canonicalQuantity(given)).toBe(stored);
  });

  test.each([['1Gb'], [''], ['Gi'], ['1 Gi'], ['--1'], ['1.2.3']])('%s is none', (text) => {
    expect(isQuantity(text)).toBe(false);
  });

  test('mean the same in their canonical form', () => {
    const suffix = fc.constantFrom('', 'Ki', 'Mi', 'Gi', 'm', 'k', 'M', 'G');
    fc.assert(
      fc.property(fc.integer({ min: -1e6, max: 1e6 }), suffix, (number, unit) => {
        const given = `${number}${unit}`;
        expect(compareQuantities(given, canonicalQuantity(given))).toBe(0);
        expect(canonicalQuantity(canonicalQuantity(given))).toBe(canonicalQuantity(given));
      }),
    );
  });
});
