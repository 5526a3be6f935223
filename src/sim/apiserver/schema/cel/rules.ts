import { stringAt, type JsonObject } from '../../object/json';
import { compile, type Program } from './environment';

/** One entry of x-kubernetes-validations. */
export interface Rule {
  readonly text: string;
  readonly message?: string;
  readonly reason?: string;
  readonly fieldPath?: string;
  /** Compares with the former value; not judged when there is none, unless optionalOldSelf is set. */
  readonly transition: boolean;
  readonly optionalOldSelf: boolean;
  readonly program: Program;
  readonly messageProgram?: Program;
}

/** A rule that does not parse is found when its definition is checked; here it fails when it is used. */
export function compileRules(rules: readonly JsonObject[]): Rule[] {
  return rules.map((rule) => {
    const text = stringAt(rule, 'rule') ?? '';
    const messageExpression = stringAt(rule, 'messageExpression');
    return {
      text,
      message: stringAt(rule, 'message'),
      reason: stringAt(rule, 'reason'),
      fieldPath: stringAt(rule, 'fieldPath'),
      transition: /\boldSelf\b/.test(text),
      optionalOldSelf: rule.optionalOldSelf === true,
      program: lazily(text),
      ...(messageExpression ? { messageProgram: lazily(messageExpression) } : {}),
    };
  });
}

const lazily =
  (text: string): Program =>
  (context) =>
    compile(text)(context);
