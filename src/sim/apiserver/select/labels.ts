import { badRequest } from '../errors/status';

export type Labels = Readonly<Record<string, string>> | undefined;
export type LabelPredicate = (labels: Labels) => boolean;

const has = (labels: Labels, key: string): labels is Readonly<Record<string, string>> =>
  labels !== undefined && Object.hasOwn(labels, key);

/**
 * Parses a selector in any form kubectl and the client libraries write: `a=b`, `a==b`, `a!=b`, `a`, `!a`,
 * `a in (b,c)`, `a notin (b,c)`, `a>1`, `a<1`, joined by commas. Throws BadRequest.
 */
export function parseLabelSelector(text: string): LabelPredicate {
  const parser = new Parser(text);
  const requirements = parser.requirements();
  return (labels) => requirements.every((matches) => matches(labels));
}

const operators = ['==', '!=', '=', '>', '<'] as const;

class Parser {
  #at = 0;

  constructor(private readonly text: string) {}

  requirements(): LabelPredicate[] {
    const found: LabelPredicate[] = [];
    this.#space();
    while (this.#at < this.text.length) {
      found.push(this.#requirement());
      this.#space();
      if (this.#at < this.text.length && !this.#take(','))
        throw this.#error(`found '${this.#rest()}', expected: ',' or 'end of string'`);
      this.#space();
    }
    return found;
  }

  #requirement(): LabelPredicate {
    if (this.#take('!')) {
      const key = this.#key();
      return (labels) => !has(labels, key);
    }
    const key = this.#key();
    this.#space();
    const word = /^(in|notin)(?=[\s(])/.exec(this.#rest())?.[0];
    if (word) return this.#membership(key, word === 'in');
    const operator = operators.find((candidate) => this.#take(candidate));
    if (!operator) return (labels) => has(labels, key);
    this.#space();
    return comparison(key, operator, this.#match(/^[A-Za-z0-9._-]*/));
  }

  #membership(key: string, wanted: boolean): LabelPredicate {
    this.#at += wanted ? 'in'.length : 'notin'.length;
    this.#space();
    if (!this.#take('(')) throw this.#error(`found '${this.#rest()}', expected: '('`);
    const end = this.text.indexOf(')', this.#at);
    if (end < 0) throw this.#error(`found '', expected: ',' or ')'`);
    const values = new Set(
      this.text
        .slice(this.#at, end)
        .split(',')
        .map((value) => value.trim()),
    );
    this.#at = end + 1;
    return wanted
      ? (labels) => has(labels, key) && values.has(labels[key]!)
      : (labels) => !has(labels, key) || !values.has(labels[key]!);
  }

  #key(): string {
    this.#space();
    const key = this.#match(/^[A-Za-z0-9](?:[A-Za-z0-9._/-]*[A-Za-z0-9])?/);
    if (key === '') throw badRequest(`found '${this.#rest()}', expected: !, identifier, or 'end of string'`);
    return key;
  }

  #match(expression: RegExp): string {
    const found = expression.exec(this.#rest())?.[0] ?? '';
    this.#at += found.length;
    return found;
  }

  #take(token: string): boolean {
    if (!this.text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  #space(): void {
    while (/\s/.test(this.text[this.#at] ?? '')) this.#at++;
  }

  #rest(): string {
    return this.text.slice(this.#at);
  }

  #error(why: string): Error {
    return badRequest(`unable to parse requirement: ${why}`);
  }
}

function comparison(key: string, operator: (typeof operators)[number], value: string): LabelPredicate {
  switch (operator) {
    case '=':
    case '==':
      return (labels) => has(labels, key) && labels[key] === value;
    case '!=':
      return (labels) => !has(labels, key) || labels[key] !== value;
    case '>':
    case '<': {
      if (!/^-?\d+$/.test(value))
        throw badRequest(`unable to parse requirement: for 'Gt', 'Lt' operators, the value must be an integer`);
      const bound = Number(value);
      const holds = (n: number) => (operator === '>' ? n > bound : n < bound);
      return (labels) => has(labels, key) && /^-?\d+$/.test(labels[key]!) && holds(Number(labels[key]));
    }
  }
}
