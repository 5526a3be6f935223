import type { Obj } from '../object/object';

/** One version of one object. Never changes; its JSON is made at most once and shared by all readers. */
export class Stored {
  #json?: string;

  constructor(
    readonly object: Obj,
    readonly revision: number,
  ) {}

  get json(): string {
    return (this.#json ??= JSON.stringify(this.object));
  }
}
