import { version } from '../../../version';
import type { Heading, Show, Summary } from './show';

/** One document at the end, for programs. */
export class JsonShow implements Show {
  readonly #steps: object[] = [];

  constructor(private readonly write: (text: string) => void) {}

  opening(): void {}
  began(): void {}
  picture(): void {}

  ended({ name, title, limitMs }: Heading, said: readonly string[], durationMs: number, result: object): void {
    this.#steps.push({ name, title, ok: true, durationMs, limitMs, said, result });
  }

  failed({ name, title, limitMs }: Heading, sentence: string, durationMs: number): void {
    this.#steps.push({ name, title, ok: false, durationMs, limitMs, failure: sentence });
  }

  summary({ ok, durationMs, proven, failure, next }: Summary): void {
    const document = { version, ok, durationMs, steps: this.#steps, proven, ...(failure && { failure }), next };
    this.write(`${JSON.stringify(document, undefined, 2)}\n`);
  }

  close(): void {}
}
