import type { FieldError } from '../../../src/sim/apiserver/errors/field';
import type { Json, JsonObject } from '../../../src/sim/apiserver/object/json';
import { checkRules } from '../../../src/sim/apiserver/schema/cel/evaluate';
import { fromJsonSchema } from '../../../src/sim/apiserver/schema/structural';

const spec = (schema: JsonObject) => fromJsonSchema({ type: 'object', properties: { a: schema } });
const texts = (errors: FieldError[]) => errors.map(({ field, body }) => `${field}: ${body}`);

describe('rules', () => {
  const judge = (rules: JsonObject[], value: Json, old?: Json, type: JsonObject = {}): string[] => {
    const schema = spec({ type: 'integer', ...type, 'x-kubernetes-validations': rules });
    return texts(checkRules(schema, { a: value }, old === undefined ? undefined : { a: old }));
  };
  const object: JsonObject = {
    type: 'object',
    properties: { size: { type: 'integer' }, names: { type: 'array', items: { type: 'string' } } },
  };

  test('judge a value, and say their message', () => {
    expect(judge([{ rule: 'self > 2', message: 'too small' }], 1)).toEqual(['a: Invalid value: "integer": too small']);
    expect(judge([{ rule: 'self > 2' }], 1)).toEqual(['a: Invalid value: "integer": failed rule: self > 2']);
    expect(judge([{ rule: 'self > 2' }], 3)).toEqual([]);
  });

  test('about a change are only judged when there was something before', () => {
    const rules = [{ rule: 'self >= oldSelf', message: 'may only grow' }];
    expect(judge(rules, 1)).toEqual([]);
    expect(judge(rules, 2, 1)).toEqual([]);
    expect(judge(rules, 1, 2)).toEqual(['a: Invalid value: "integer": may only grow']);
  });

  test('about a change can ask to be judged always', () => {
    const rules = [{ rule: 'oldSelf.hasValue() || self == 1', optionalOldSelf: true }];
    expect(judge(rules, 2)).toHaveLength(1);
    expect(judge(rules, 2, 5)).toEqual([]);
  });

  test('can make their message, reason and field', () => {
    const rules = [
      {
        rule: 'self.size < 5',
        messageExpression: '"size " + string(self.size)',
        reason: 'FieldValueForbidden',
        fieldPath: '.size',
      },
    ];
    expect(judge(rules, { size: 7 }, undefined, object)).toEqual(['a.size: Forbidden: size 7']);
  });

  test('fall back to the fixed message when the other one fails', () => {
    const rules = [{ rule: 'self.size < 5', messageExpression: 'self.none', message: 'too large' }];
    expect(judge(rules, { size: 7 }, undefined, object)).toEqual(['a: Invalid value: "object": too large']);
  });

  test('that cannot be evaluated fail', () => {
    const [error] = judge([{ rule: 'self.size > 1' }], {}, undefined, object);
    expect(error).toContain('No such key: size evaluating rule');
  });

  test.each<[string, Json, boolean]>([
    ['has(self.size)', { size: 1 }, true],
    ['has(self.size)', {}, false],
    ['has(self.size)', { size: null }, false],
    ['self.names.all(n, n.startsWith("x"))', { names: ['x1', 'x2'] }, true],
    ['self.names.exists_one(n, n == "a")', { names: ['a', 'a'] }, false],
    ['self.names.size() <= self.size', { names: ['a'], size: 1 }, true],
    ['self.size / 2 == 3', { size: 7 }, true],
    ['self.names.isSorted()', { names: ['b', 'a'] }, false],
    ['self.names.indexOf("b") == 1', { names: ['a', 'b'] }, true],
    ['[1, 2, 3].sum() == 6 && [3, 1].min() == 1 && [3, 1].max() == 3', {}, true],
    ['"1.5Gi" == "1.5Gi" && quantity("1Gi").isGreaterThan(quantity("1023Mi"))', {}, true],
    ['"abc".find("b.") == "bc" && "a-b".replace("-", "+") == "a+b"', {}, true],
    ['isIP("10.0.0.1") && !isCIDR("10.0.0.1")', {}, true],
  ])('%s of %j is %s', (rule, value, holds) => {
    expect(judge([{ rule }], value, undefined, object).length === 0).toBe(holds);
  });

  test('compare an item of a keyed list with the item of the same key', () => {
    const schema = fromJsonSchema({
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: {
        type: 'object',
        properties: {
          name: { type: 'string' },
          epoch: {
            type: 'integer',
            'x-kubernetes-validations': [{ rule: 'self >= oldSelf', message: 'may only rise' }],
          },
        },
      },
    });
    const old = [
      { name: 'a', epoch: 5 },
      { name: 'b', epoch: 1 },
    ];
    const now = [
      { name: 'b', epoch: 2 },
      { name: 'a', epoch: 4 },
      { name: 'c', epoch: 0 },
    ];
    expect(texts(checkRules(schema, now, old))).toEqual(['[1].epoch: Invalid value: "integer": may only rise']);
  });

  test('of items in a list without keys have no past', () => {
    const schema = fromJsonSchema({
      type: 'array',
      items: { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self == oldSelf' }] },
    });
    expect(checkRules(schema, [2], [1])).toEqual([]);
  });

  test('reach properties with awkward names by their escaped form', () => {
    const schema = fromJsonSchema({
      type: 'object',
      properties: { 'a-b': { type: 'integer' }, in: { type: 'integer' } },
      'x-kubernetes-validations': [{ rule: 'self.a__dash__b == self.__in__' }],
    });
    expect(checkRules(schema, { 'a-b': 1, in: 1 })).toEqual([]);
    expect(checkRules(schema, { 'a-b': 1, in: 2 })).toHaveLength(1);
  });

  test('see times as times', () => {
    const schema = spec({
      type: 'string',
      format: 'date-time',
      'x-kubernetes-validations': [{ rule: 'self < timestamp("2026-01-01T00:00:00Z")' }],
    });
    expect(checkRules(schema, { a: '2025-12-31T23:59:59Z' })).toEqual([]);
    expect(checkRules(schema, { a: '2026-01-01T00:00:00Z' })).toHaveLength(1);
  });
});
