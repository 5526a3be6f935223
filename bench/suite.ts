import type { Figure } from './figure';

/** Says what is going on, in a few words; the last one stays until the next. */
export type Progress = (what: string) => void;

/** Figures that are measured together, in a process of their own. */
export interface Suite {
  /** Unlike any other; `--only` looks in it and in nothing else. */
  readonly name: string;
  /** Rejects when nothing could be measured. A missed target is a figure like any other. */
  run(progress: Progress): Promise<readonly Figure[]>;
}
