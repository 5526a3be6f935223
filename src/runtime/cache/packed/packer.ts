import { smallBacks, smallInts, smallRefs, tag } from './format';
import { digitsNumber, mdForm, timeNumber, uuidForm, uuidFormAt, writeUUID, type UUIDForm } from './forms';
import type { Shape, ShapeTable, StringTable } from './tables';

/** Strings longer than this are as good as never the same in two objects. */
const maxShared = 128;
/** Texts of earlier values that may still lie in the map. */
const maxRemembered = 1000;
/** Of a joined text, so that their count takes one byte. */
const maxParts = 100;
const shortestUUID = Math.min(uuidForm.length, mdForm.length);

/** Turns a JSON value into bytes that an Unpacker with the same tables can read. */
export class Packer {
  private buffer = Buffer.allocUnsafe(4096);
  private position = 0;
  /** Number of each text written; below `firstSeen` it was in an earlier value. Emptying a map for each is slow. */
  private readonly seen = new Map<string, number>();
  private firstSeen = 0;
  private nextSeen = 0;

  constructor(
    private readonly strings: StringTable,
    private readonly shapes: ShapeTable,
  ) {}

  /** The bytes as characters 0..255: V8 keeps such a string in 16 bytes more than its length. */
  pack(value: unknown): string {
    this.position = 0;
    this.firstSeen = this.nextSeen;
    if (this.seen.size > maxRemembered) this.seen.clear();
    this.value(value);
    return this.buffer.toString('latin1', 0, this.position);
  }

  private value(value: unknown): void {
    if (typeof value === 'string') this.text(value);
    else if (typeof value === 'number') this.number(value);
    else if (value === true) this.byte(tag.true);
    else if (value === false) this.byte(tag.false);
    else if (value === null || value === undefined) this.byte(tag.null);
    else if (Array.isArray(value)) {
      this.tagged(tag.array, value.length);
      for (const item of value) this.value(item);
    } else this.object(value as Record<string, unknown>);
  }

  private object(value: Record<string, unknown>): void {
    let shape: Shape | undefined = this.shapes.empty;
    for (const key in value) {
      if (shape && value[key] !== undefined) shape = this.shapes.extend(shape, key);
    }
    if (!shape) return this.looseObject(value);
    const id = this.shapes.idOf(shape);
    this.tagged(tag.object, id);
    for (const key of this.shapes.keys[id]!) this.value(value[key]);
  }

  private looseObject(value: Record<string, unknown>): void {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    this.tagged(tag.looseObject, entries.length);
    for (const [key, item] of entries) {
      this.text(key);
      this.value(item);
    }
  }

  private number(value: number): void {
    if (value >= 0 && value < smallInts && Number.isInteger(value) && !Object.is(value, -0))
      this.byte(tag.smallInt + value);
    else if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
      this.tagged(value < 0 ? tag.negative : tag.int, Math.abs(value));
    } else {
      this.byte(tag.double);
      this.reserve(8);
      this.position = this.buffer.writeDoubleLE(value, this.position);
    }
  }

  private text(text: string): void {
    const time = timeNumber(text);
    if (time >= 0) return this.time(time);
    const digits = digitsNumber(text);
    if (digits >= 0) return void this.tagged(tag.digits, digits);
    const shared = this.strings.idOf(text);
    if (shared !== undefined) return this.reference(tag.smallRef, smallRefs, tag.ref, shared);
    const earlier = (this.seen.get(text) ?? -1) - this.firstSeen;
    if (earlier >= 0) return this.reference(tag.smallBack, smallBacks, tag.back, earlier);
    if (text.length < shortestUUID || !this.withUUIDs(text)) this.plain(text);
    // After its parts, as the unpacker meets them.
    this.seen.set(text, this.nextSeen++);
  }

  private reference(small: number, smalls: number, large: number, index: number): void {
    if (index < smalls) this.byte(small + index);
    else this.tagged(large, index);
  }

  private time(time: number): void {
    this.byte(tag.time);
    this.reserve(5);
    this.position = this.buffer.writeUIntLE(time, this.position, 5);
  }

  private plain(text: string): void {
    if (text.length <= maxShared) this.strings.met(text);
    // A lone surrogate cannot come out of JSON in UTF-8, so that nothing is lost here.
    const bytes = Buffer.byteLength(text);
    this.tagged(tag.utf8, bytes);
    this.reserve(bytes);
    this.position += this.buffer.write(text, this.position, 'utf8');
  }

  /** A UUID, or what is around UUIDs and the UUIDs. False when there is none. */
  private withUUIDs(text: string): boolean {
    let end = 0;
    let count = 0;
    let countAt = 0;
    for (let index = 0; index + shortestUUID <= text.length && count < maxParts; index++) {
      const form = uuidFormAt(text, index);
      if (!form) continue;
      if (text.length === form.length) return this.uuid(text, form);
      if (count === 0) countAt = this.tagged(tag.joined, 0) - 1;
      if (index > end) count += this.part(text, end, index);
      end = index + form.length;
      count += this.part(text, index, end);
      index = end - 1;
    }
    if (count === 0) return false;
    if (end < text.length) count += this.part(text, end, text.length);
    this.buffer[countAt] = count;
    return true;
  }

  private part(text: string, start: number, end: number): 1 {
    this.text(text.slice(start, end));
    return 1;
  }

  private uuid(text: string, form: UUIDForm): true {
    this.byte(form === uuidForm ? tag.uuid : tag.mdUUID);
    this.reserve(16);
    writeUUID(text, 0, form, this.buffer, this.position);
    this.position += 16;
    return true;
  }

  /** The position after it. */
  private tagged(kind: number, count: number): number {
    this.reserve(9);
    this.buffer[this.position++] = kind;
    let rest = count;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.buffer[this.position++] = (rest % 0x80) | 0x80;
    this.buffer[this.position++] = rest;
    return this.position;
  }

  private byte(value: number): void {
    this.reserve(1);
    this.buffer[this.position++] = value;
  }

  private reserve(bytes: number): void {
    if (this.position + bytes <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe((this.position + bytes) * 2);
    this.buffer.copy(larger, 0, 0, this.position);
    this.buffer = larger;
  }
}
