import fc from 'fast-check';
import type { FieldError } from '../../../src/sim/apiserver/errors/field';
import { deepCopy, type Json, type JsonObject } from '../../../src/sim/apiserver/object/json';
import { parseTypes } from '../../../src/sim/apiserver/schema/notation';
import { shape } from '../../../src/sim/apiserver/schema/shape';
import { fromJsonSchema } from '../../../src/sim/apiserver/schema/structural';
import { validate } from '../../../src/sim/apiserver/schema/validate';

const spec = (schema: JsonObject) => fromJsonSchema({ type: 'object', properties: { a: schema } });
const texts = (errors: FieldError[]) => errors.map(({ field, body }) => `${field}: ${body}`);
const problems = (schema: JsonObject, a: Json) => texts(validate(spec(schema), { a }));

describe('a value', () => {
  test.each<[JsonObject, Json, string]>([
    [{ type: 'integer' }, 'x', 'a: Invalid value: "string": a in body must be of type integer: "string"'],
    [{ type: 'integer' }, 0.5, 'a: Invalid value: "number": a in body must be of type integer: "number"'],
    [{ type: 'string' }, 1, 'a: Invalid value: "integer": a in body must be of type string: "integer"'],
    [{ type: 'boolean' }, null, 'a: Invalid value: "null": a in body must be of type boolean: "null"'],
    [{ type: 'object' }, [], 'a: Invalid value: "array": a in body must be of type object: "array"'],
    [{ type: 'array', items: {} }, {}, 'a: Invalid value: "object": a in body must be of type array: "object"'],
    [{ type: 'number' }, true, 'a: Invalid value: "boolean": a in body must be of type number: "boolean"'],
    [{ 'x-kubernetes-int-or-string': true }, 1.5, 'a in body must be of type integer,string'],
    [{ type: 'integer', minimum: 3 }, 2, 'a: Invalid value: 2: a in body should be greater than or equal to 3'],
    [{ type: 'integer', minimum: 3, exclusiveMinimum: true }, 3, 'should be greater than 3'],
    [{ type: 'integer', maximum: 3 }, 4, 'should be less than or equal to 3'],
    [{ type: 'integer', maximum: 3, exclusiveMaximum: true }, 3, 'should be less than 3'],
    [{ type: 'integer', multipleOf: 4 }, 6, 'should be a multiple of 4'],
    [{ type: 'integer', format: 'int32' }, 2 ** 31, 'a in body must be of type int32: "2147483648"'],
    [{ type: 'string', minLength: 2 }, 'x', 'a: Invalid value: "x": a in body should be at least 2 chars long'],
    [{ type: 'string', maxLength: 2 }, 'xyz', 'a: Too long: may not be more than 2 bytes'],
    [{ type: 'string', pattern: '^a+$' }, 'b', 'a: Invalid value: "b": a in body should match \'^a+$\''],
    [{ type: 'string', enum: ['x', 'y'] }, 'z', 'a: Unsupported value: "z": supported values: "x", "y"'],
    [{ type: 'integer', enum: [512, 4096] }, 5, 'a: Unsupported value: 5: supported values: "512", "4096"'],
    [{ type: 'string', format: 'date-time' }, 'today', 'a in body must be of type date-time: "today"'],
    [{ type: 'string', format: 'ipv4' }, '1.2.3.256', 'must be of type ipv4'],
    [{ type: 'string', format: 'byte' }, '%%', 'must be of type byte'],
    [
      { type: 'array', items: { type: 'string' }, maxItems: 1 },
      ['x', 'y'],
      'a: Too many: 2: must have at most 1 items',
    ],
    [{ type: 'array', items: { type: 'string' }, minItems: 1 }, [], 'should have at least 1 items'],
    [{ type: 'array', items: { type: 'string' } }, ['x', 1], 'a[1]: Invalid value: "integer"'],
    [
      { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
      ['x', 'x'],
      'a[1]: Duplicate value: "x"',
    ],
    [{ type: 'object', required: ['b'] }, {}, 'a.b: Required value'],
    [{ type: 'object', additionalProperties: { type: 'string' } }, { k: 1 }, 'a.k: Invalid value: "integer"'],
    [{ type: 'object', maxProperties: 1, additionalProperties: {} }, { k: 1, l: 2 }, 'a: Too many: 2'],
    [{ type: 'object', minProperties: 1, additionalProperties: {} }, {}, 'should have at least 1 properties'],
    [{ type: 'integer', anyOf: [{ minimum: 5 }, { maximum: 1 }] }, 3, 'must validate at least one schema (anyOf)'],
    [{ type: 'integer', oneOf: [{ minimum: 1 }, { minimum: 2 }] }, 3, 'must validate one and only one schema (oneOf)'],
    [{ type: 'integer', not: { minimum: 1 } }, 3, 'must not validate the schema (not)'],
    [{ type: 'integer', allOf: [{ minimum: 5 }] }, 3, 'should be greater than or equal to 5'],
  ])('%j refuses %j', (schema, value, message) => {
    expect(problems(schema, value).join('\n')).toContain(message);
  });

  test.each<[JsonObject, Json]>([
    [{ type: 'integer', format: 'int64' }, 9_007_199_254_740_991],
    [{ type: 'number' }, 1],
    [{ 'x-kubernetes-int-or-string': true }, '25%'],
    [{ 'x-kubernetes-int-or-string': true }, 3],
    [{ type: 'string', nullable: true }, null],
    [{ type: 'string', format: 'date-time' }, '2026-01-01T00:00:00.123Z'],
    [{ type: 'string', format: 'date-time' }, '2026-01-01T00:00:00+02:00'],
    [{ type: 'string', maxLength: 2 }, '\u{1f600}\u{1f600}'],
    [{ type: 'string', format: 'no-such-format' }, 'anything'],
    [{ type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' }, ['x', 'y']],
    [{ 'x-kubernetes-preserve-unknown-fields': true }, { any: ['thing', { at: 1 }] }],
  ])('%j accepts %j', (schema, value) => {
    expect(problems(schema, value)).toEqual([]);
  });

  test('is told apart in a keyed list by all its keys, defaults included', () => {
    const ports: JsonObject = {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['port', 'protocol'],
      items: {
        type: 'object',
        properties: { port: { type: 'integer' }, protocol: { type: 'string', default: 'TCP' } },
      },
    };
    expect(problems(ports, [{ port: 1 }, { port: 1, protocol: 'UDP' }])).toEqual([]);
    expect(problems(ports, [{ port: 1 }, { port: 1, protocol: 'TCP' }])).toEqual([
      'a[1]: Duplicate value: {"port":1,"protocol":"TCP"}',
    ]);
  });
});

describe('the shape of an object', () => {
  const shaped = (schema: JsonObject, value: JsonObject, dropNulls = false) => {
    const unknown: string[] = [];
    const copy = deepCopy(value);
    shape(fromJsonSchema(schema), copy, { dropNulls, onUnknown: (path) => unknown.push(path) });
    return { copy, unknown };
  };

  test('loses what nothing describes, at every depth', () => {
    const schema = {
      type: 'object',
      properties: {
        list: { type: 'array', items: { type: 'object', properties: { x: { type: 'string' } } } },
        map: { type: 'object', additionalProperties: { type: 'object', properties: { y: { type: 'string' } } } },
      },
    };
    const { copy, unknown } = shaped(schema, { list: [{ x: '1', z: 1 }], map: { k: { y: '1', z: 1 } }, z: 1 });
    expect(copy).toEqual({ list: [{ x: '1' }], map: { k: { y: '1' } } });
    expect(unknown).toEqual(['list[0].z', 'map.k.z', 'z']);
  });

  test('keeps everything where that is asked for, and prunes again below', () => {
    const schema = {
      type: 'object',
      properties: {
        open: {
          type: 'object',
          'x-kubernetes-preserve-unknown-fields': true,
          properties: { closed: { type: 'object', properties: {} } },
        },
      },
    };
    const { copy } = shaped(schema, { open: { anything: { goes: 1 }, closed: { not: 1 } } });
    expect(copy).toEqual({ open: { anything: { goes: 1 }, closed: {} } });
  });

  test('gets its defaults, also inside of defaults, but not where something is', () => {
    const schema = {
      type: 'object',
      properties: {
        size: { type: 'integer', default: 3 },
        flag: { type: 'boolean', default: true },
        inner: { type: 'object', default: {}, properties: { name: { type: 'string', default: 'x' } } },
        absent: { type: 'object', properties: { name: { type: 'string', default: 'y' } } },
      },
    };
    expect(shaped(schema, { flag: false }).copy).toEqual({ flag: false, size: 3, inner: { name: 'x' } });
  });

  test('has the default in place of a null that is not allowed', () => {
    const schema = {
      type: 'object',
      properties: { a: { type: 'integer', default: 1 }, b: { type: 'integer', default: 2, nullable: true } },
    };
    expect(shaped(schema, { a: null, b: null }).copy).toEqual({ a: 1, b: null });
  });

  test('of a built-in kind has no nulls', () => {
    const schema = { type: 'object', properties: { a: { type: 'string' }, b: { type: 'string', default: 'x' } } };
    expect(shaped(schema, { a: null, b: null }, true).copy).toEqual({ b: 'x' });
  });

  test('keeps the identity of an embedded object', () => {
    const schema = {
      type: 'object',
      properties: { pod: { type: 'object', 'x-kubernetes-embedded-resource': true, properties: {} } },
    };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } };
    expect(shaped(schema, { pod: { ...pod, other: 1 } }).copy).toEqual({ pod });
  });

  test('does not change when it is shaped again', () => {
    const schema = {
      type: 'object',
      properties: {
        a: { type: 'integer', default: 1 },
        b: { type: 'array', items: { type: 'object', properties: { c: { type: 'string', default: 'd' } } } },
      },
    };
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'z'), fc.jsonValue()), (value) => {
        const once = shaped(schema, value).copy;
        expect(shaped(schema, once).copy).toEqual(once);
      }),
    );
  });
});

describe('the notation of built-in types', () => {
  test('names what it cannot read', () => {
    expect(() => parseTypes('package p\nA\n  nonsense\n')).toThrow('cannot read "nonsense" of p.A');
    expect(() => parseTypes('package p\nA\n  b: Missing\n')).toThrow('type Missing is used in p but described nowhere');
    expect(() => parseTypes('package p\nA\n  b: string often\n')).toThrow('unknown word "often"');
  });

  test('prefers a type of its own package', () => {
    const types = parseTypes('package p\nX\n  a: string\npackage q\nX\n  b: string\nY\n  x: X\n');
    expect([...types.get('q.Y')!.properties!.get('x')!.properties!.keys()]).toEqual(['b']);
  });
});
