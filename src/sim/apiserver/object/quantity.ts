/** resource.Quantity: a decimal number with an optional binary, decimal or exponent suffix. */
const form = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E|[eE][+-]?\d+)?$/;

const binary = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const decimal: Record<string, number> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const decimalSuffix = new Map(Object.entries(decimal).map(([suffix, exponent]) => [exponent, suffix]));

export const isQuantity = (text: string): boolean => form.test(text);

type Family = 'binary' | 'decimal' | 'exponent';

/** Value in billionths, the finest a quantity can say. Undefined for what is not a quantity. */
function parse(text: string): { nanos: bigint; family: Family } | undefined {
  const match = form.exec(text);
  if (!match) return undefined;
  const [, sign, digits = '', suffix = ''] = match;
  const [whole = '', fraction = ''] = digits.split('.');
  let value = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n);
  let exponent = 9 - fraction.length;
  let family: Family = 'decimal';
  if (binary.includes(suffix) && suffix !== '') {
    family = 'binary';
    value *= 1024n ** BigInt(binary.indexOf(suffix));
  } else if (/^[eE]/.test(suffix) && suffix.length > 1) {
    family = 'exponent';
    exponent += Number(suffix.slice(1));
  } else {
    exponent += decimal[suffix]!;
  }
  // What is finer than a billionth is rounded away from zero, as the API machinery does.
  if (exponent >= 0) return { nanos: value * 10n ** BigInt(exponent), family };
  const divisor = 10n ** BigInt(-exponent);
  const rest = value % divisor;
  return { nanos: value / divisor + (rest > 0n ? 1n : rest < 0n ? -1n : 0n), family };
}

/** The form the server stores: the same value, the largest suffix that needs no fraction. */
export function canonicalQuantity(quantity: string | number): string {
  const parsed = parse(String(quantity));
  if (!parsed) return String(quantity);
  const { nanos, family } = parsed;
  if (nanos === 0n) return '0';
  if (family === 'binary' && nanos % 1_000_000_000n === 0n) {
    const bytes = nanos / 1_000_000_000n;
    // Below 1024 the binary form says nothing.
    if (bytes >= 1024n || bytes <= -1024n) return binaryForm(bytes);
  }
  return decimalForm(nanos, family);
}

function binaryForm(bytes: bigint): string {
  let power = 0;
  while (power < binary.length - 1 && bytes % 1024n === 0n) {
    bytes /= 1024n;
    power++;
  }
  return `${bytes}${binary[power]}`;
}

function decimalForm(nanos: bigint, family: Family): string {
  let exponent = -9;
  while (exponent < 18 && nanos % 1000n === 0n) {
    nanos /= 1000n;
    exponent += 3;
  }
  if (family !== 'exponent') return `${nanos}${decimalSuffix.get(exponent)}`;
  return exponent === 0 ? `${nanos}` : `${nanos}e${exponent}`;
}

/** Negative, zero or positive as a is less than, equal to or greater than b. Both must be quantities. */
export function compareQuantities(a: string | number, b: string | number): number {
  const difference = (parse(String(a))?.nanos ?? 0n) - (parse(String(b))?.nanos ?? 0n);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
