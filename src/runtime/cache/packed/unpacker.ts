import { mdForm, timeText, uuidForm, type UUIDForm } from './forms';
import { smallBacks, smallInts, smallRefs, tag } from './format';
import type { ShapeTable, StringTable } from './tables';

const hexDigits = Buffer.from('0123456789abcdef');

/** Reads what a Packer with the same tables wrote. */
export class Unpacker {
  private packed = '';
  private position = 0;
  private scratch = Buffer.alloc(256);
  private readonly seen: string[] = [];

  constructor(
    private readonly strings: StringTable,
    private readonly shapes: ShapeTable,
  ) {}

  unpack(packed: string): unknown {
    this.packed = packed;
    this.position = 0;
    this.seen.length = 0;
    return this.value();
  }

  private value(): unknown {
    const kind = this.packed.charCodeAt(this.position);
    if (kind < smallInts) {
      this.position++;
      return kind;
    }
    switch (kind) {
      case tag.object:
        return this.object();
      case tag.array:
        return this.array();
      case tag.looseObject:
        return this.looseObject();
      case tag.null:
      case tag.true:
      case tag.false:
        this.position++;
        return kind === tag.null ? null : kind === tag.true;
      case tag.int:
        return this.count();
      case tag.negative:
        return -this.count();
      case tag.double:
        return this.double();
      default:
        return this.text();
    }
  }

  private object(): Record<string, unknown> {
    const keys = this.shapes.keys[this.count()]!;
    const object: Record<string, unknown> = {};
    for (const key of keys) put(object, key, this.value());
    return object;
  }

  private looseObject(): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    for (let left = this.count(); left > 0; left--) put(object, this.text(), this.value());
    return object;
  }

  private array(): unknown[] {
    const items: unknown[] = [];
    for (let left = this.count(); left > 0; left--) items.push(this.value());
    return items;
  }

  private double(): number {
    this.position++;
    return this.bytes(8).readDoubleLE(0);
  }

  private text(): string {
    const kind = this.packed.charCodeAt(this.position);
    if (kind < tag.smallRef + smallRefs) {
      this.position++;
      return this.strings.strings[kind - tag.smallRef]!;
    }
    if (kind < tag.smallBack + smallBacks) {
      this.position++;
      return this.seen[kind - tag.smallBack]!;
    }
    if (kind === tag.ref) return this.strings.strings[this.count()]!;
    if (kind === tag.back) return this.seen[this.count()]!;
    if (kind === tag.digits) return String(this.count());
    if (kind === tag.time) return this.time();
    const text = this.written(kind);
    this.seen.push(text);
    return text;
  }

  private written(kind: number): string {
    switch (kind) {
      case tag.utf8: {
        const length = this.count();
        return this.bytes(length).toString('utf8', 0, length);
      }
      case tag.uuid:
        return this.uuid(uuidForm);
      case tag.mdUUID:
        return this.uuid(mdForm);
      default: {
        let joined = '';
        for (let left = this.count(); left > 0; left--) joined += this.text();
        return joined;
      }
    }
  }

  private time(): string {
    this.position++;
    return timeText(this.bytes(5).readUIntLE(0, 5));
  }

  private uuid({ before, separator }: UUIDForm): string {
    const { scratch } = this;
    let end = 0;
    for (let index = 0; index < 16; index++) {
      if (before[index]) scratch[end++] = separator;
      const byte = this.packed.charCodeAt(++this.position);
      scratch[end++] = hexDigits[byte >> 4]!;
      scratch[end++] = hexDigits[byte & 15]!;
    }
    this.position++;
    return scratch.toString('latin1', 0, end);
  }

  /** The number that follows a tag. */
  private count(): number {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = this.packed.charCodeAt(++this.position);
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) break;
      factor *= 0x80;
    }
    this.position++;
    return value;
  }

  /** The next bytes, until the next call. */
  private bytes(count: number): Buffer {
    if (this.scratch.length < count) this.scratch = Buffer.alloc(count * 2);
    for (let index = 0; index < count; index++) this.scratch[index] = this.packed.charCodeAt(this.position + index);
    this.position += count;
    return this.scratch;
  }
}

function put(object: Record<string, unknown>, key: string, value: unknown): void {
  // Assigning to this one would set the prototype.
  if (key === '__proto__')
    Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
  else object[key] = value;
}
