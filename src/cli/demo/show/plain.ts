import { commandLine, tableText } from './layout';
import type { Heading, Picture, Show, Summary } from './show';
import { seconds, wrap } from './text';

const indent = '    ';
const width = 120;
/** Of a percentage; what moves less is not worth a line of its own. */
const leastStep = 10;

/** One line for every change: for files, pipes and logs. */
export class PlainShow implements Show {
  /** The command whose table is being shown. */
  #command: string | undefined;
  /** The row that was printed last, by the name in it. */
  #printed = new Map<string, readonly string[]>();

  constructor(private readonly write: (text: string) => void) {}

  opening(title: string, about: string): void {
    this.#lines([title, ...wrap(about, width)]);
  }

  began({ number, of, title }: Heading): void {
    this.#command = undefined;
    this.#printed.clear();
    this.#lines(['', `${number}/${of} ${title}`]);
  }

  picture(picture: Picture | undefined): void {
    if (!picture) return;
    const { command, table, dispensable } = picture;
    const fresh = table.rows.filter((row) => this.#worthALine(table.columns, row));
    if (fresh.length === 0) return;
    const rows = fresh.map((row) => roomy(table.columns, row));
    const shown = tableText({ columns: table.columns, rows }, width - indent.length, dispensable);
    if (this.#command !== command) this.#indented([commandLine(command, shown), shown.header]);
    this.#command = command;
    this.#indented(shown.rows);
  }

  ended(_step: Heading, said: readonly string[], durationMs: number): void {
    const lines = said.map((line, index) => (index === said.length - 1 ? `${line} (${seconds(durationMs)})` : line));
    this.#indented(lines.flatMap((line) => wrap(line, width - indent.length)));
  }

  failed(_step: Heading, sentence: string, durationMs: number): void {
    this.#indented(wrap(`FAILED after ${seconds(durationMs)}: ${sentence}`, width - indent.length));
  }

  summary({ ok, proven, failure, next, durationMs }: Summary): void {
    const list = (items: readonly string[]) =>
      items.flatMap((item) => wrap(item, width - 2).map((line, index) => (index === 0 ? `- ${line}` : `  ${line}`)));
    this.#lines(['', ok ? `What came true, in ${seconds(durationMs)}:` : `What came true before it failed:`]);
    this.#lines(proven.length > 0 ? list(proven) : ['- nothing']);
    if (failure !== undefined) this.#lines(['', ...wrap(failure, width)]);
    const widest = Math.max(...next.map(({ how }) => how.length));
    this.#lines(['', 'Next:', ...next.map(({ what, how }) => `  ${how.padEnd(widest)}  ${what}`)]);
  }

  close(): void {}

  #worthALine(columns: readonly string[], row: readonly string[]): boolean {
    const name = row[0] ?? '';
    const before = this.#printed.get(name);
    if (before && !differs(columns, before, row)) return false;
    this.#printed.set(name, row);
    return true;
  }

  #indented(lines: readonly string[]): void {
    this.#lines(lines.map((line) => indent + line));
  }

  #lines(lines: readonly string[]): void {
    this.write(lines.map((line) => `${line.trimEnd()}\n`).join(''));
  }
}

/** Whether a row says something new: ages always do, and progress goes by steps. */
function differs(columns: readonly string[], before: readonly string[], now: readonly string[]): boolean {
  return columns.some((column, index) => {
    const [then = '', value = ''] = [before[index], now[index]];
    if (column === 'AGE' || column === 'UPDATEDAT' || then === value) return false;
    if (column !== 'SYNC' || then === '' || value === '') return true;
    return Math.abs(parseFloat(value) - parseFloat(then)) >= leastStep;
  });
}

/** Room for values that come later, so that rows printed one by one stay below their headings. */
const widest: Record<string, string> = { PHASE: 'Requested', MDSTATE: 'recovering', SYNC: '99.9%', NODE: 'node1' };
const roomy = (columns: readonly string[], row: readonly string[]): string[] =>
  columns.map((column, index) => (row[index] ?? '').padEnd(widest[column]?.length ?? 0));
