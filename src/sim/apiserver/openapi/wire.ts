/** Writes the protobuf wire format: just what OpenAPI 2 documents need. */

const bytesKind = 2;

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return bytes;
}

const tag = (field: number, kind: number): Buffer => Buffer.from(varint(field * 8 + kind));

/** A field of bytes, such as a nested message. */
export function bytes(field: number, value: Buffer): Buffer {
  return Buffer.concat([tag(field, bytesKind), Buffer.from(varint(value.length)), value]);
}

/** A text field; nothing when there is no text, as proto3 leaves defaults out. */
export const text = (field: number, value: string | undefined): Buffer =>
  value ? bytes(field, Buffer.from(value, 'utf8')) : Buffer.alloc(0);

/** A message out of its fields. */
export const message = (...fields: Buffer[]): Buffer => Buffer.concat(fields);
