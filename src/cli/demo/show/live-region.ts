import { cut } from './text';

export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  write(text: string): void;
}

const escape = '\x1b[';
const clearToEnd = `${escape}K`;
const clearBelow = `${escape}J`;
const hideCursor = `${escape}?25l`;
const showCursor = `${escape}?25h`;
/** Terminals that know these show what is between them at once; others ignore them. */
const [beginFrame, endFrame] = [`${escape}?2026h`, `${escape}?2026l`];
const reset = `${escape}0m`;

/**
 * The last lines of the output, drawn again and again in their place, below lines that stay. Each drawing is one
 * write that overwrites what changed, so that nothing flickers.
 */
export class LiveRegion {
  #height = 0;
  #open = false;

  constructor(private readonly terminal: Terminal) {}

  /** Prints lines that stay, above the region, and draws the region anew. */
  print(lines: readonly string[], region: readonly string[]): void {
    this.#frame(lines, region);
  }

  draw(region: readonly string[]): void {
    this.#frame([], region);
  }

  /** Removes the region and shows the cursor again. Safe to call twice. */
  close(): void {
    if (!this.#open) return;
    this.terminal.write(this.#up() + clearBelow + showCursor);
    this.#height = 0;
    this.#open = false;
  }

  #frame(lines: readonly string[], region: readonly string[]): void {
    // One line less than the screen has, and one column: whatever is longer would scroll or wrap.
    const room = Math.max(1, this.terminal.rows - 1);
    const drawn = region.slice(0, room);
    const all = [...lines, ...drawn].map((line) => `${cut(line, this.terminal.columns - 1)}${reset}${clearToEnd}\n`);
    this.terminal.write(beginFrame + hideCursor + this.#up() + all.join('') + clearBelow + endFrame);
    this.#height = drawn.length;
    this.#open = true;
  }

  #up(): string {
    return this.#height > 0 ? `${escape}${this.#height}A\r` : '\r';
  }
}
