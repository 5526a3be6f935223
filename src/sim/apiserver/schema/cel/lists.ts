import type { Environment } from '@marcbachmann/cel-js';

type Comparable = bigint | number | string | boolean | Date;

const order = (a: Comparable, b: Comparable): number => (a < b ? -1 : a > b ? 1 : 0);

function extreme(list: readonly Comparable[], sign: 1 | -1): Comparable {
  if (list.length === 0) throw new Error('min and max need a list that is not empty');
  return list.reduce((best, value) => (order(value, best) * sign > 0 ? value : best));
}

const plus = (a: Comparable, b: Comparable): Comparable =>
  typeof a === 'bigint' && typeof b === 'bigint' ? a + b : Number(a) + Number(b);

/** Kubernetes' list library. */
export function registerLists(environment: Environment): void {
  environment
    .registerFunction('list.isSorted(): bool', (list: Comparable[]) =>
      list.every((value, i) => i === 0 || order(list[i - 1]!, value) <= 0),
    )
    .registerFunction('list.sum(): dyn', (list: Comparable[]) => list.reduce(plus, 0n))
    .registerFunction('list.min(): dyn', (list: Comparable[]) => extreme(list, -1))
    .registerFunction('list.max(): dyn', (list: Comparable[]) => extreme(list, 1))
    .registerFunction('list.indexOf(dyn): int', (list: unknown[], value: unknown) => BigInt(list.indexOf(value)))
    .registerFunction('list.lastIndexOf(dyn): int', (list: unknown[], value: unknown) =>
      BigInt(list.lastIndexOf(value)),
    );
}
