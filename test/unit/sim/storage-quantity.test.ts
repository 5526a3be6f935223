import { bytesOf, quantityOf } from '../../../src/sim/kubernetes/storage-quantity';

const GiB = 1024 ** 3;

describe('a quantity of storage', () => {
  it.each([
    [0, '0'],
    [1023, '1023'],
    [2 * GiB, '2Gi'],
    [1500 * 1024 ** 2, '1500Mi'],
    [1024 * GiB, '1Ti'],
    [1_000_000_000, '1000000000'],
  ])('of %d bytes is written %s, and means as many', (bytes, text) => {
    expect(quantityOf(bytes)).toBe(text);
    expect(bytesOf(text)).toBe(bytes);
  });
});
