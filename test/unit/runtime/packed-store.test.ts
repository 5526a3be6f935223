import fc from 'fast-check';
import { packedCodec, packedStore } from '../../../src/runtime/cache/packed/codec';

const uuid = 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6';
const mdUUID = 'f81d4fae:7dec11d0:a76500a0:c91e6bf6';

describe('a packed object', () => {
  const texts = [
    '',
    '0',
    '7',
    '007',
    '123456789012345',
    '1234567890123456',
    '-5',
    '1e3',
    uuid,
    uuid.toUpperCase(),
    mdUUID,
    `pvc-${uuid}`,
    `pvc-${uuid}-0`,
    `nqn.2026-01.io.meshstor:${uuid}:${uuid}:e1`,
    `${uuid}${mdUUID}`,
    `${uuid}-0000`,
    uuid.replaceAll('-', ''),
    `${mdUUID}:00000000`,
    '2026-01-31T23:59:59Z',
    '2026-02-31T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '0000-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
    '2026-01-31T24:00:00Z',
    '2026-01-31T23:59:60Z',
    '2026-01-31T23:59:59.000000Z',
    '2026-01-31 23:59:59Z',
    'ä',
    '日本語',
    '😀',
    '\u0000',
    '\ufeffx',
    '\u00ff'.repeat(300),
    '😀'.repeat(2000),
    'x'.repeat(100_000),
    '__proto__',
    'constructor',
  ];
  texts.push(uuid.repeat(200), `${uuid},`.repeat(200));
  it.each(texts)('keeps the text %j', (text) => {
    const { pack, unpack } = packedCodec<unknown>();
    for (const value of [text, [text, text], { [text]: text }, [{ a: text }, { b: `${text}!` }]]) {
      // A second and third time: the text is shared by then.
      for (let i = 0; i < 3; i++) expect(unpack(pack(value))).toStrictEqual(value);
    }
  });

  it.each([
    0,
    1,
    63,
    64,
    127,
    128,
    16_383,
    16_384,
    2 ** 31,
    2 ** 32 + 1,
    Number.MAX_SAFE_INTEGER,
    2 ** 60,
    -1,
    -64,
    -(2 ** 40),
    Number.MIN_SAFE_INTEGER,
    0.5,
    -0,
    1e300,
    5e-324,
    Number.MAX_VALUE,
    null,
    true,
    false,
    [],
    {},
    [[]],
    [{}],
  ])('keeps the value %p', (value) => {
    const { pack, unpack } = packedCodec<unknown>();
    expect(unpack(pack(value))).toStrictEqual(value);
    expect(unpack(pack({ value }))).toStrictEqual({ value });
  });

  it('leaves out what is undefined, as JSON does', () => {
    const { pack, unpack } = packedCodec<unknown>();
    expect(unpack(pack({ a: undefined, b: 1 }))).toStrictEqual({ b: 1 });
    expect(unpack(pack({ b: 1, a: undefined, c: [undefined] }))).toStrictEqual({ b: 1, c: [null] });
  });

  it('keeps keys in their order', () => {
    const { pack, unpack } = packedCodec<object>();
    expect(Object.keys(unpack(pack({ b: 1, a: 2, c: 3 })))).toEqual(['b', 'a', 'c']);
    expect(Object.keys(unpack(pack({ a: 1, b: 2, c: 3 })))).toEqual(['a', 'b', 'c']);
  });

  it('comes out as it went in, whatever it is and whatever came before it', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(...texts),
      fc.uuid(),
      fc.tuple(fc.string(), fc.uuid(), fc.string()).map((parts) => parts.join('')),
      fc.nat().map(String),
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        text,
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.maxSafeInteger(),
        fc.nat(100),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 5 }),
        fc.dictionary(text, tie('value'), { maxKeys: 6, noNullPrototype: true }),
      ),
    }));
    const { pack, unpack } = packedCodec<unknown>();
    const kept: [string, unknown][] = [];
    fc.assert(
      fc.property(fc.array(value, { maxLength: 4 }), (values) => {
        for (const one of values) {
          const plain = JSON.parse(JSON.stringify(one)) as unknown;
          kept.push([pack(plain), plain]);
          if (kept.length > 50) kept.shift();
        }
        for (const [packed, plain] of kept) expect(unpack(packed)).toEqual(plain);
      }),
      { numRuns: 500 },
    );
  });

  it('survives an object with very many keys', () => {
    const { pack, unpack } = packedCodec<object>();
    const wide = Object.fromEntries(Array.from({ length: 30_000 }, (_, i) => [`key ${i}`, `value ${i}`]));
    for (const object of [wide, { a: 1 }, wide, { b: wide }]) expect(unpack(pack(object))).toEqual(object);
  });

  it('survives full tables: 40,000 different shared strings and shapes', () => {
    const { pack, unpack } = packedCodec<object>();
    const objects = Array.from({ length: 40_000 }, (_, i) => ({ [`key${i % 20_000}`]: `text ${i % 20_000}` }));
    const packed = [...objects.map(pack), ...objects.map(pack)];
    const wrong = packed.filter(
      (one, i) => JSON.stringify(unpack(one)) !== JSON.stringify(objects[i % objects.length]),
    );
    expect(wrong).toEqual([]);
  });
});

describe('packedStore', () => {
  it('keeps objects by key, and gives each reader one of its own', () => {
    const store = packedStore<{ n: number[] }>();
    store.set('a', { n: [1] });
    store.set('b', { n: [2] });
    store.get('a')!.n.push(99);
    expect(store.get('a')).toEqual({ n: [1] });
    store.set('a', { n: [3] });
    store.delete('b');
    expect([store.size, store.get('b'), [...store.keys()]]).toEqual([1, undefined, ['a']]);
    expect(store.get('a')).toEqual({ n: [3] });
  });
});
