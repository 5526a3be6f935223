import { isObject, type Json } from '../object/json';

/** Finds values in an object; an empty list when there are none. */
export type JsonPath = (root: Json) => Json[];

type Step = (values: readonly Json[]) => Json[];

/**
 * The JSONPath of additionalPrinterColumns: `.a.b`, `['a']`, `[0]`, `[-1]`, `[*]`, `..a` and filters such as
 * `[?(@.type=="Ready")]`. Throws on anything else.
 */
export function parseJsonPath(text: string): JsonPath {
  const steps: Step[] = [];
  let rest = text.replace(/^\$/, '');
  while (rest.length > 0) {
    const found = forms.map(({ form, step }) => ({ match: form.exec(rest), step })).find(({ match }) => match);
    if (!found?.match) throw new Error(`cannot read the JSONPath ${text} at "${rest}"`);
    steps.push(found.step(found.match));
    rest = rest.slice(found.match[0].length);
  }
  return (root) => steps.reduce<Json[]>((values, step) => step(values), [root]);
}

const forms: { form: RegExp; step: (match: RegExpExecArray) => Step }[] = [
  { form: /^\.\.([^.[\]]+)/, step: ([, name]) => flat((value) => descend(value, name!)) },
  { form: /^\.?\*/, step: () => flat(children) },
  { form: /^\[\*\]/, step: () => flat(children) },
  { form: /^\.((?:\\.|[^.[\]\\])+)/, step: ([, name]) => flat((value) => named(value, name!.replace(/\\(.)/g, '$1'))) },
  { form: /^\[(?:'([^']*)'|"([^"]*)")\]/, step: ([, a, b]) => flat((value) => named(value, a ?? b ?? '')) },
  {
    form: /^\[(-?\d+)\]/,
    step: ([, index]) => flat((value) => (Array.isArray(value) ? some(value.at(Number(index))) : [])),
  },
  { form: /^\[\?\((.*?)\)\]/, step: ([, condition]) => filter(condition!) },
  { form: /^([A-Za-z_][\w-]*)/, step: ([, name]) => flat((value) => named(value, name!)) },
];

const flat =
  (find: (value: Json) => Json[]): Step =>
  (values) =>
    values.flatMap((value) => find(value));

const some = (value: Json | undefined): Json[] => (value === undefined ? [] : [value]);
const named = (value: Json, name: string): Json[] =>
  isObject(value) && Object.hasOwn(value, name) ? some(value[name]) : [];

function children(value: Json): Json[] {
  if (Array.isArray(value)) return value;
  return isObject(value) ? Object.values(value).flatMap(some) : [];
}

const descend = (value: Json, name: string): Json[] => [
  ...named(value, name),
  ...children(value).flatMap((child) => descend(child, name)),
];

const conditionForm = /^\s*(@[^=!<>\s]*)\s*(?:(==|!=|<=|>=|<|>)\s*(.+?))?\s*$/;

function filter(condition: string): Step {
  const match = conditionForm.exec(condition);
  if (!match) throw new Error(`cannot read the filter ${condition}`);
  const [, left, operator, right] = match;
  const path = parseJsonPath(left!.slice(1));
  const wanted = right === undefined ? undefined : literal(right);
  return (values) =>
    values.flatMap((value) =>
      (Array.isArray(value) ? value : [value]).filter((item) => holds(path(item), operator, wanted)),
    );
}

function literal(text: string): Json {
  const quoted = /^(['"])(.*)\1$/.exec(text);
  if (quoted) return quoted[2]!;
  return JSON.parse(text) as Json;
}

function holds(found: readonly Json[], operator: string | undefined, wanted: Json | undefined): boolean {
  if (operator === undefined) return found.length > 0;
  return found.some((value) => compares(value, operator, wanted ?? null));
}

function compares(a: Json, operator: string, b: Json): boolean {
  switch (operator) {
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    default:
      return typeof a === typeof b && ordered(a as number, operator, b as number);
  }
}

function ordered(a: number, operator: string, b: number): boolean {
  if (operator === '<') return a < b;
  if (operator === '<=') return a <= b;
  return operator === '>' ? a > b : a >= b;
}
