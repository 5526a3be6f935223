const units = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi'] as const;

/** Bytes for people, as a Kubernetes quantity of at most one decimal: 1.8Ti, 512Mi. Rounded down. */
export function quantity(bytes: number): string {
  let value = bytes;
  let unit = '';
  for (const next of units) {
    if (value < 1024) break;
    value /= 1024;
    unit = next;
  }
  const shown = value < 10 ? Math.floor(value * 10) / 10 : Math.floor(value);
  return `${shown}${unit}`;
}

/** Whole bytes from 512Mi, 1Gi or plain digits; undefined for anything else. */
export function parseQuantity(text: string): number | undefined {
  const match = /^(\d{1,12})(Ki|Mi|Gi|Ti|Pi)?$/.exec(text);
  if (!match) return undefined;
  const bytes = Number(match[1]) * 1024 ** (units.indexOf(match[2] as (typeof units)[number]) + 1);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
