/** The wire format of guest/agent.c: type (1 byte), length (4 bytes, big endian), payload. */
export function frame(type: string, payload: Buffer | string = ''): Buffer {
  const body = typeof payload === 'string' ? Buffer.from(payload) : payload;
  const head = Buffer.alloc(5);
  head.write(type, 0, 'latin1');
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}

/** The longest payload the agent takes in one frame. */
export const maxPayload = 1 << 20;

/** Cuts a byte stream into frames. */
export class FrameReader {
  private rest: Buffer = Buffer.alloc(0);

  push(data: Buffer): { type: string; payload: Buffer }[] {
    this.rest = this.rest.length === 0 ? data : Buffer.concat([this.rest, data]);
    const frames: { type: string; payload: Buffer }[] = [];
    for (;;) {
      if (this.rest.length < 5) return frames;
      const end = 5 + this.rest.readUInt32BE(1);
      if (this.rest.length < end) return frames;
      frames.push({ type: String.fromCharCode(this.rest[0]!), payload: this.rest.subarray(5, end) });
      this.rest = this.rest.subarray(end);
    }
  }

  /** Bytes that came after the last whole frame. */
  remainder(): Buffer {
    return this.rest;
  }
}
