/**
 * How a packed value begins. Small integers, frequent strings and repetitions take one byte in all; what else
 * there is follows its tag. Packed values live only in memory: the format may change with any version.
 */
export const tag = {
  /** 0..63: the integer itself. */
  smallInt: 0x00,
  /** +0..63: a string of the table. */
  smallRef: 0x40,
  /** +0..31: a string that occurred before in this value. */
  smallBack: 0x80,
  null: 0xa0,
  true: 0xa1,
  false: 0xa2,
  /** varint */
  int: 0xa3,
  /** varint of the absolute value */
  negative: 0xa4,
  /** eight bytes */
  double: 0xa5,
  /** varint: index in the table of strings */
  ref: 0xa6,
  /** varint: index among the strings of this value */
  back: 0xa7,
  /** varint length, bytes */
  utf8: 0xa8,
  /** five bytes: a time such as 2026-01-31T12:34:56Z */
  time: 0xa9,
  /** sixteen bytes: 8-4-4-4-12 hex digits */
  uuid: 0xaa,
  /** sixteen bytes: 8:8:8:8 hex digits, as mdadm writes UUIDs */
  mdUUID: 0xab,
  /** varint: a decimal number written as a string, such as a resourceVersion */
  digits: 0xac,
  /** varint count, strings: their concatenation */
  joined: 0xad,
  /** varint shape, values */
  object: 0xae,
  /** varint count, pairs of string and value */
  looseObject: 0xaf,
  /** varint count, values */
  array: 0xb0,
} as const;

export const smallInts = 64;
export const smallRefs = 64;
export const smallBacks = 32;
