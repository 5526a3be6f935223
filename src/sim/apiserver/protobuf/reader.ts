/** Reads the protobuf wire format. Throws RangeError on bytes that end too early. */
export class Reader {
  #at = 0;

  constructor(private readonly bytes: Buffer) {}

  get done(): boolean {
    return this.#at >= this.bytes.length;
  }

  /** Number and wire type of the next field. */
  tag(): { field: number; wire: number } {
    const tag = Number(this.varint());
    return { field: tag >>> 3, wire: tag & 7 };
  }

  /** As a signed 64-bit number. */
  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.bytes[this.#at++];
      if (byte === undefined) throw new RangeError('the message ends in the middle of a number');
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asIntN(64, value);
    }
    throw new RangeError('a number is too long');
  }

  chunk(): Buffer {
    const length = Number(this.varint());
    if (length < 0 || this.#at + length > this.bytes.length) throw new RangeError('the message ends too early');
    const chunk = this.bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return chunk;
  }

  skip(wire: number): void {
    if (wire === 0) this.varint();
    else if (wire === 2) this.chunk();
    else if (wire === 1) this.#at += 8;
    else if (wire === 5) this.#at += 4;
    else throw new RangeError(`unknown wire type ${wire}`);
  }
}
