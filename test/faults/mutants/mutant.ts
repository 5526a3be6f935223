/** One text of a source file, which is in it once, and what stands there instead. */
export interface Edit {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** One of MeshStor's own rules, broken, so that the suite can show that it would notice. */
export interface Mutant {
  readonly name: string;
  /** What it does wrong, for people. */
  readonly what: string;
  readonly edits: readonly Edit[];
  /** Where it shows. */
  readonly scenarios: readonly string[];
  /** Faults by which it is looked for, where it takes a rare one, as plans have them; undefined: any. */
  readonly by?: RegExp;
}

/** Edits of one folder under src. */
export const within =
  (folder: string) =>
  (file: string, find: string, replace: string): Edit => ({ file: `src/${folder}/${file}.ts`, find, replace });
