import type { Clock } from '../../../runtime/clock';
import { barLines, commandLine, tableText, type Glyphs } from './layout';
import { LiveRegion, type Terminal } from './live-region';
import type { Heading, Picture, Show, Summary } from './show';
import { seconds, widthOf, wrap } from './text';

export interface Signs extends Glyphs {
  readonly done: string;
  readonly failed: string;
  readonly spinner: readonly string[];
}

export const unicodeSigns: Signs = {
  done: '✔',
  failed: '✘',
  spinner: [...'⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'],
  full: '█',
  empty: '░',
  parts: [...'▏▎▍▌▋▊▉'],
};
export const asciiSigns: Signs = {
  done: '+',
  failed: 'x',
  spinner: [...'|/-\\'],
  full: '#',
  empty: '.',
  parts: [],
};

const paint = (code: number) => (text: string) => `\x1b[${code}m${text}\x1b[0m`;
const [bold, dim, red, green, cyan] = [1, 2, 31, 32, 36].map(paint) as [Paint, Paint, Paint, Paint, Paint];
type Paint = (text: string) => string;

const frameMs = 100;
const widestText = 110;
const indent = '   ';

/** For people at a terminal: steps that were done stay, the one under way is drawn live below them. */
export class TerminalShow implements Show {
  readonly #region: LiveRegion;
  readonly #end = new AbortController();
  #step: { heading: Heading; since: number } | undefined;
  #picture: Picture | undefined;

  constructor(
    private readonly terminal: Terminal,
    private readonly clock: Clock,
    private readonly signs: Signs,
  ) {
    this.#region = new LiveRegion(terminal);
    void this.#animate();
  }

  opening(title: string, about: string): void {
    this.#print(['', bold(title), ...wrap(about, this.#width).map(dim), '']);
  }

  began(heading: Heading): void {
    this.#step = { heading, since: this.clock.now() };
    this.#draw();
  }

  picture(picture: Picture | undefined): void {
    this.#picture = picture;
    this.#draw();
  }

  ended({ title }: Heading, said: readonly string[], durationMs: number): void {
    this.#step = undefined;
    this.#print([this.#line(green(this.signs.done), title, durationMs), ...this.#body(said).map(dim)]);
  }

  failed({ title }: Heading, sentence: string, durationMs: number): void {
    this.#step = undefined;
    this.#picture = undefined;
    this.#print([this.#line(red(this.signs.failed), title, durationMs), ...this.#body([sentence])]);
  }

  summary({ ok, proven, failure, next, durationMs }: Summary): void {
    this.#picture = undefined;
    const list = proven.flatMap((item) =>
      wrap(item, this.#width - 3).map((line, index) =>
        index === 0 ? ` ${green(this.signs.done)} ${line}` : indent + line,
      ),
    );
    const title = ok ? `All of it came true, in ${seconds(durationMs)}` : 'It did not come true';
    const widest = Math.max(...next.map(({ how }) => how.length));
    const hints = next.map(({ what, how }) => `${indent}${cyan(how.padEnd(widest))}  ${what}`);
    const why = failure === undefined ? [] : ['', ...wrap(failure, this.#width).map(red)];
    this.#print(['', bold(title), ...list, ...why, '', bold('Next'), ...hints, '']);
  }

  close(): void {
    this.#end.abort();
    this.#region.close();
  }

  get #width(): number {
    return Math.max(20, Math.min(this.terminal.columns - 1, widestText));
  }

  #body(said: readonly string[]): string[] {
    return said.flatMap((line) => wrap(line, this.#width - indent.length)).map((line) => indent + line);
  }

  /** Sign and title at the left, the time at the right. */
  #line(sign: string, title: string, durationMs: number): string {
    const [left, right] = [` ${sign} ${bold(title)}`, seconds(durationMs)];
    return left + ' '.repeat(Math.max(2, this.#width - widthOf(left) - right.length)) + dim(right);
  }

  #print(lines: readonly string[]): void {
    this.#region.print(lines, this.#regionLines());
  }

  #draw(): void {
    if (!this.#end.signal.aborted) this.#region.draw(this.#regionLines());
  }

  #regionLines(): string[] {
    const lines: string[] = [];
    if (this.#step) {
      const { heading, since } = this.#step;
      const { spinner } = this.signs;
      const elapsed = this.clock.now() - since;
      lines.push(this.#line(cyan(spinner[Math.floor(elapsed / frameMs) % spinner.length]!), heading.title, elapsed));
    }
    if (this.#picture) lines.push('', ...this.#pictureLines(this.#picture), '');
    return lines;
  }

  #pictureLines({ command, table, dispensable, bars }: Picture): string[] {
    const text = tableText(table, this.terminal.columns - 1 - indent.length, dispensable);
    const drawn = barLines(bars, this.#width - indent.length, this.signs);
    const below = drawn.map(({ bar, line }) => line.replace(bar, cyan(bar)));
    const lines = [dim(commandLine(command, text)), bold(text.header), ...text.rows];
    return [...lines, ...(below.length > 0 ? ['', ...below] : [])].map((line) => indent + line);
  }

  async #animate(): Promise<void> {
    const { signal } = this.#end;
    while (!signal.aborted) {
      await this.clock.sleep(frameMs, signal).catch(() => undefined);
      if (this.#step) this.#draw();
    }
  }
}
