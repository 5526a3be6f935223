import type { Environment } from '@marcbachmann/cel-js';
import { compareQuantities, isQuantity } from '../../object/quantity';
import { matchesFormat } from '../formats';

/** Kubernetes' regex, string, quantity and address functions, as far as CRDs here may want them. */
export function registerStrings(environment: Environment): void {
  const matches = (text: string, pattern: string) => text.match(new RegExp(pattern, 'gu')) ?? [];
  environment
    .registerFunction('string.find(string): string', (text: string, pattern: string) => matches(text, pattern)[0] ?? '')
    .registerFunction('string.findAll(string): list<string>', matches)
    .registerFunction('string.replace(string, string): string', (text: string, from: string, to: string) =>
      text.replaceAll(from, () => to),
    )
    .registerFunction('isQuantity(string): bool', (text: string) => isQuantity(text))
    .registerFunction('isIP(string): bool', (text: string) => matchesFormat('ip', text))
    .registerFunction('isCIDR(string): bool', (text: string) => matchesFormat('cidr', text))
    .registerFunction('isURL(string): bool', (text: string) => URL.canParse(text));
  registerQuantities(environment);
}

class Quantity {
  constructor(readonly text: string) {}
}

function registerQuantities(environment: Environment): void {
  const compare = (sign: (c: number) => boolean) => (a: Quantity, b: Quantity) =>
    sign(compareQuantities(a.text, b.text));
  environment
    .registerType('kubernetes.Quantity', { ctor: Quantity, fields: {} })
    .registerFunction('quantity(string): kubernetes.Quantity', (text: string) => {
      if (!isQuantity(text)) throw new Error(`not a quantity: ${text}`);
      return new Quantity(text);
    })
    .registerFunction(
      'kubernetes.Quantity.isGreaterThan(kubernetes.Quantity): bool',
      compare((c) => c > 0),
    )
    .registerFunction(
      'kubernetes.Quantity.isLessThan(kubernetes.Quantity): bool',
      compare((c) => c < 0),
    )
    .registerFunction('kubernetes.Quantity.compareTo(kubernetes.Quantity): int', (a: Quantity, b: Quantity) =>
      BigInt(compareQuantities(a.text, b.text)),
    );
}
