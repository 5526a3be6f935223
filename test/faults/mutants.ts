/** One of MeshStor's own rules, broken. */
export interface Mutant {
  readonly name: string;
  /** What it does wrong, for people. */
  readonly what: string;
  readonly file: string;
  /** Text that is in the file once, and what stands there instead. */
  readonly find: string;
  readonly replace: string;
  /** Where the suite looks for it, in this order. */
  readonly scenarios: readonly string[];
}

export const mutants: readonly Mutant[] = [];
