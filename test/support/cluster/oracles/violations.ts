/** What was seen that must never be. Kept, because a kernel's callback is no place to fail in. */
export class Violations {
  readonly #seen = new Set<string>();

  add(text: string): void {
    this.#seen.add(text);
  }

  /** Throws when there were any. */
  check(): void {
    if (this.#seen.size > 0) throw new Error(`must never be:\n  ${[...this.#seen].join('\n  ')}`);
  }
}
