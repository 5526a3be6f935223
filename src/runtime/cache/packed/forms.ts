/** Recognising, character by character, texts that have a shorter form. Exact: what is recognised can be restored. */

/** Value of each hex digit as UUIDs are written, 255 for every other character. */
const hexValues = new Uint8Array(128).fill(255);
for (let value = 0; value < 16; value++) hexValues['0123456789abcdef'.charCodeAt(value)] = value;

const hexValue = (code: number): number => (code < 128 ? hexValues[code]! : 255);
const digitAt = (text: string, index: number): number => {
  const digit = text.charCodeAt(index) - 0x30;
  return digit >= 0 && digit <= 9 ? digit : NaN;
};
const twoAt = (text: string, index: number): number => digitAt(text, index) * 10 + digitAt(text, index + 1);

const dash = 0x2d;
const colon = 0x3a;

/** Two ways of writing sixteen bytes: 8-4-4-4-12 digits, and mdadm's 8:8:8:8. */
export interface UUIDForm {
  readonly length: number;
  readonly separator: number;
  /** Before which bytes a separator stands. */
  readonly before: readonly boolean[];
}
const form = (separator: number, ...bytes: number[]): UUIDForm => ({
  length: 32 + bytes.length,
  separator,
  before: Array.from({ length: 16 }, (_, index) => bytes.includes(index)),
});
export const uuidForm = form(dash, 4, 6, 8, 10);
export const mdForm = form(colon, 4, 8, 12);

/** The form of the UUID that begins at `index`, if one does. */
export function uuidFormAt(text: string, index: number): UUIDForm | undefined {
  const separator = text.charCodeAt(index + 8);
  const candidate = separator === dash ? uuidForm : separator === colon ? mdForm : undefined;
  return candidate && isUUID(text, index, candidate) ? candidate : undefined;
}

function isUUID(text: string, start: number, { before, separator, length }: UUIDForm): boolean {
  if (start + length > text.length) return false;
  for (let byte = 0, index = start; byte < 16; byte++, index += 2) {
    if (before[byte] && text.charCodeAt(index++) !== separator) return false;
    if ((hexValue(text.charCodeAt(index)) | hexValue(text.charCodeAt(index + 1))) > 15) return false;
  }
  return true;
}

/** Writes the sixteen bytes of a UUID that uuidFormAt recognised. */
export function writeUUID(text: string, start: number, { before }: UUIDForm, into: Uint8Array, position: number): void {
  for (let byte = 0, index = start; byte < 16; byte++, index += 2) {
    if (before[byte]) index++;
    into[position + byte] = (hexValue(text.charCodeAt(index)) << 4) | hexValue(text.charCodeAt(index + 1));
  }
}

/**
 * A number for a time such as 2026-01-31T12:34:56Z, below 2^39; NaN for any other text. Every month counts 31
 * days, so that dates which do not exist are kept too.
 */
export function timeNumber(text: string): number {
  if (text.length !== 20 || text.charCodeAt(4) !== dash || text.charCodeAt(7) !== dash) return NaN;
  if (text[10] !== 'T' || text.charCodeAt(13) !== colon || text.charCodeAt(16) !== colon || text[19] !== 'Z')
    return NaN;
  const [year, month, day] = [twoAt(text, 0) * 100 + twoAt(text, 2), twoAt(text, 5) - 1, twoAt(text, 8) - 1];
  const [hour, minute, second] = [twoAt(text, 11), twoAt(text, 14), twoAt(text, 17)];
  if (!(month >= 0 && month < 12 && day >= 0 && day < 31 && hour < 24 && minute < 60 && second < 60)) return NaN;
  return ((((year * 12 + month) * 31 + day) * 24 + hour) * 60 + minute) * 60 + second;
}

/** Read back with every object, so that it is plain arithmetic and table look-ups. */
export function timeText(number: number): string {
  const minutes = Math.floor(number / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  const months = Math.floor(days / 31);
  const date = `${fourDigits(Math.floor(months / 12))}-${two[(months % 12) + 1]!}-${two[(days % 31) + 1]!}`;
  return `${date}T${two[hours % 24]!}:${two[minutes % 60]!}:${two[number % 60]!}Z`;
}

const two = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));
const fourDigits = (year: number): string => (year >= 1000 ? `${year}` : String(year).padStart(4, '0'));

/** The number that a text of up to fifteen digits stands for; NaN where its digits would not come back. */
export function digitsNumber(text: string): number {
  if (text.length === 0 || text.length > 15 || text.charCodeAt(0) === 0x30) return NaN;
  let number = 0;
  for (let index = 0; index < text.length && number >= 0; index++) number = number * 10 + digitAt(text, index);
  return number;
}
