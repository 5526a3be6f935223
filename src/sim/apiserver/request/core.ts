import { timestamp, type Clock, type Random } from '../../../runtime/clock';
import type { Registry } from '../registry/registry';
import type { Surroundings } from '../registry/resource';
import type { Store } from '../store/store';

/** Everything that answering a request needs. */
export interface Core {
  readonly store: Store;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly random: Random;
  /** Finalizers that keep claims and volumes in use; needs controllers that take them off again. */
  readonly protectStorage: boolean;
  /** Milliseconds between bookmarks of a watch that asked for them. */
  readonly bookmarkInterval: number;
}

export const surroundings = ({ store, clock }: Core): Surroundings => ({ store, now: () => timestamp(clock) });

const hex = '0123456789abcdef';

/** A version 4 UUID out of the injected randomness. */
export function newUID(random: Random): string {
  let text = '';
  for (let i = 0; i < 32; i++) {
    if (i === 8 || i === 12 || i === 16 || i === 20) text += '-';
    const digit = Math.floor(random() * 16);
    text += hex[i === 12 ? 4 : i === 16 ? (digit & 3) | 8 : digit];
  }
  return text;
}

/** No vowels and no digits that look like letters: what the real server appends to generateName. */
const nameAlphabet = 'bcdfghjklmnpqrstvwxz2456789';
const suffixLength = 5;
const longestBase = 63 - suffixLength;

export function generatedName(base: string, random: Random): string {
  let name = base.slice(0, longestBase);
  for (let i = 0; i < suffixLength; i++) name += nameAlphabet[Math.floor(random() * nameAlphabet.length)];
  return name;
}
