import type { Json } from '../object/json';
import { Reader } from './reader';

/** Messages that are something else in JSON. Undefined stands for a value that JSON leaves out. */
export const specialTypes: Record<string, (bytes: Buffer) => Json | undefined> = {
  Quantity: (bytes) => strings(bytes, 1)[0] ?? '0',
  IntOrString: intOrString,
  Time: (bytes) => time(bytes, 0),
  MicroTime: (bytes) => time(bytes, 6),
  FieldsV1: embedded,
  RawExtension: embedded,
  ExtraValue: (bytes) => strings(bytes, 1),
};

function strings(bytes: Buffer, wanted: number): string[] {
  const found: string[] = [];
  for (const reader = new Reader(bytes); !reader.done;) {
    const { field, wire } = reader.tag();
    if (field === wanted && wire === 2) found.push(reader.chunk().toString('utf8'));
    else reader.skip(wire);
  }
  return found;
}

function numbers(bytes: Buffer): Map<number, bigint> {
  const found = new Map<number, bigint>();
  for (const reader = new Reader(bytes); !reader.done;) {
    const { field, wire } = reader.tag();
    if (wire === 0) found.set(field, reader.varint());
    else reader.skip(wire);
  }
  return found;
}

/** {type: 0 integer, 1 string; intVal; strVal} */
function intOrString(bytes: Buffer): Json {
  const values = numbers(bytes);
  return values.get(1) === 1n ? (strings(bytes, 3)[0] ?? '') : Number(values.get(2) ?? 0n);
}

/** {seconds, nanos}; Go's zero time, in the year 1, is no time. */
function time(bytes: Buffer, digits: number): Json | undefined {
  const values = numbers(bytes);
  const seconds = Number(values.get(1) ?? 0n);
  if (seconds <= 0) return undefined;
  const whole = new Date(seconds * 1000).toISOString().replace(/\.\d{3}Z$/, '');
  const fraction = String(values.get(2) ?? 0n)
    .padStart(9, '0')
    .slice(0, digits);
  return `${whole}${fraction ? `.${fraction}` : ''}Z`;
}

/** JSON inside of bytes. */
function embedded(bytes: Buffer): Json | undefined {
  const [text] = strings(bytes, 1);
  return text === undefined ? undefined : (JSON.parse(text) as Json);
}
