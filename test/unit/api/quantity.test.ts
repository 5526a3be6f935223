import fc from 'fast-check';
import { quantity } from '../../../src/api/quantity';

const KiB = 1024;
test.each<[number, string]>([
  [0, '0'],
  [1, '1'],
  [1023, '1023'],
  [KiB, '1Ki'],
  [KiB + 102, '1Ki'],
  [KiB + 103, '1.1Ki'],
  [10 * KiB - 1, '9.9Ki'],
  [10 * KiB + 1023, '10Ki'],
  [512 * KiB ** 2, '512Mi'],
  [KiB ** 3 - 1, '1023Mi'],
  [KiB ** 3, '1Gi'],
  [1.89 * KiB ** 4, '1.8Ti'],
  [3 * KiB ** 5, '3Pi'],
  [5000 * KiB ** 5, '5000Pi'],
])('%d bytes are shown as %s', (bytes, shown) => {
  expect(quantity(bytes)).toBe(shown);
});

test('people are never shown more than there is, nor a tenth less', () => {
  const units: Record<string, number> = { '': 1, Ki: KiB, Mi: KiB ** 2, Gi: KiB ** 3, Ti: KiB ** 4, Pi: KiB ** 5 };
  const property = fc.property(fc.nat(Number.MAX_SAFE_INTEGER), (bytes) => {
    const [, number, unit] = /^([\d.]+)(\w*)$/.exec(quantity(bytes))!;
    const read = Number(number) * units[unit!]!;
    expect(read).toBeLessThanOrEqual(bytes);
    expect(read).toBeGreaterThanOrEqual(bytes * 0.9);
  });
  fc.assert(property);
});
