import type { Table } from '../watch';

/** A step of the demo, counted from 1. */
export interface Heading {
  /** For programs. */
  readonly name: string;
  /** For people: what is being done. */
  readonly title: string;
  readonly number: number;
  readonly of: number;
  /** It fails when it takes longer. */
  readonly limitMs: number;
}

/** One half of the mirror, or a drive: whatever has progress. */
export interface Bar {
  /** Of its row, aligned with the other rows' labels. */
  readonly labels: readonly string[];
  /** From 0 to 1. */
  readonly done: number;
  /** Behind the bar. */
  readonly note: string;
}

/** What there is to see at one moment. */
export interface Picture {
  /** What anybody could type to see the table. */
  readonly command: string;
  readonly table: Table;
  /** Columns to leave out where the table is too wide, the first one first. */
  readonly dispensable: readonly string[];
  readonly bars: readonly Bar[];
}

export interface Summary {
  readonly ok: boolean;
  /** What came true. */
  readonly proven: readonly string[];
  /** What went wrong, and where to look. */
  readonly failure: string | undefined;
  readonly next: readonly Hint[];
  readonly durationMs: number;
}

export interface Hint {
  readonly what: string;
  readonly how: string;
}

/** How the demo shows itself. Called in the order of events; nothing but close() after summary(). */
export interface Show {
  opening(title: string, about: string): void;
  began(step: Heading): void;
  /** What there is to see from now on, until the next one; undefined: nothing. */
  picture(picture: Picture | undefined): void;
  ended(step: Heading, said: readonly string[], durationMs: number, result: object): void;
  failed(step: Heading, sentence: string, durationMs: number): void;
  summary(summary: Summary): void;
  /** Gives the terminal back. Safe to call twice. */
  close(): void;
}
