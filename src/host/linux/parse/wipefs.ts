export interface Signature {
  /** In bytes from the start of the device. */
  readonly offset: number;
  /** swap, gpt, linux_raid_member */
  readonly what: string;
}

/** `wipefs --no-act --json --output OFFSET,TYPE`. */
export function parseWipefs(text: string): Signature[] {
  const { signatures } = JSON.parse(text) as { signatures: { offset: string; type: string }[] };
  return signatures.map(({ offset, type }) => ({ offset: Number(offset), what: type }));
}
