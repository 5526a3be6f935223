const factors: Record<string, number> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

/** Bytes of a Kubernetes quantity of storage; throws on anything else. */
export function bytesOf(quantity: string): number {
  const match = /^(\d+(?:\.\d+)?)(|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)$/.exec(quantity);
  if (!match) throw new Error(`"${quantity}" is not a quantity of storage`);
  return Math.ceil(Number(match[1]) * factors[match[2]!]!);
}

const binary = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi'] as const;

/** The same number of bytes as a quantity, in the largest unit that leaves a whole number. */
export function quantityOf(bytes: number): string {
  const units = ['', ...binary.filter((unit) => bytes % factors[unit]! === 0)];
  const unit = bytes === 0 ? '' : units.at(-1)!;
  return `${bytes / factors[unit]!}${unit}`;
}
