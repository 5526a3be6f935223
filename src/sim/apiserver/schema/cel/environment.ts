import { Environment, Optional } from '@marcbachmann/cel-js';
import { registerLists } from './lists';
import { registerStrings } from './strings';

/** A compiled expression over `self` and `oldSelf` (values made by cel/values.ts). */
export type Program = (context: { self: unknown; oldSelf?: unknown }) => unknown;

export { Optional };

/** The functions every rule may use; `declare` adds the variables. */
export function newEnvironment(): Environment {
  const environment = new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false });
  registerLists(environment);
  registerStrings(environment);
  return environment;
}

let dynamic: Environment | undefined;
const programs = new Map<string, Program>();

/** Compiles once per text and process. Throws a ParseError. */
export function compile(text: string): Program {
  const known = programs.get(text);
  if (known) return known;
  dynamic ??= newEnvironment().registerVariable('self', 'dyn').registerVariable('oldSelf', 'dyn');
  const program = dynamic.parse(text) as Program;
  programs.set(text, program);
  return program;
}
