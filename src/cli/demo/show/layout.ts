import type { Table } from '../watch';
import type { Bar } from './show';
import { shorten } from './text';

/** As kubectl has it. */
const gap = '   ';
/** Names are shortened to this, if need be, before a column is left out. */
const narrowestName = 16;

export interface TableText {
  readonly header: string;
  readonly rows: readonly string[];
  /** Columns for which there was no room. */
  readonly leftOut: number;
}

/** A table as kubectl prints it. Where that is too wide, names are shortened, then columns left out. */
export function tableText({ columns, rows }: Table, width: number, dispensable: readonly string[]): TableText {
  const widths = columns.map((column, index) => Math.max(column.length, ...rows.map((row) => row[index]?.length ?? 0)));
  const rest = columns.map((_, index) => index).slice(1);
  const restWidth = () => rest.reduce((sum, index) => sum + widths[index]! + gap.length, 0);
  const least = Math.min(widths[0] ?? 0, narrowestName);
  for (const column of dispensable) {
    const at = rest.findIndex((index) => columns[index] === column);
    if (at >= 0 && least + restWidth() > width) rest.splice(at, 1);
  }
  while (rest.length > 0 && least + restWidth() > width) rest.pop();
  widths[0] = Math.min(widths[0] ?? 0, Math.max(least, width - restWidth()));
  const line = (row: readonly string[]) =>
    [0, ...rest]
      .map((index) => shorten(row[index] ?? '', widths[index]!).padEnd(widths[index]!))
      .join(gap)
      .trimEnd();
  return { header: line(columns), rows: rows.map(line), leftOut: columns.length - rest.length - 1 };
}

/** What somebody would type to see the table, and whether there would be more of it. */
export const commandLine = (command: string, { leftOut }: TableText): string =>
  leftOut > 0 ? `$ ${command}   (without ${leftOut} of its columns)` : `$ ${command}`;

export interface Glyphs {
  readonly full: string;
  readonly empty: string;
  /** Of growing parts of one column. */
  readonly parts: readonly string[];
}

const longestBar = 40;
const shortestBar = 8;

/** Labels in columns, a bar in the room that is left, and what stands behind it. */
export function barLines(bars: readonly Bar[], width: number, glyphs: Glyphs): { bar: string; line: string }[] {
  const columns = Math.max(0, ...bars.map(({ labels }) => labels.length));
  const widths = Array.from({ length: columns }, (_, index) =>
    Math.max(...bars.map(({ labels }) => labels[index]?.length ?? 0)),
  );
  const noteRoom = Math.max(0, ...bars.map(({ note }) => note.length));
  const room = width - widths.reduce((sum, one) => sum + one + 2, 0) - noteRoom - 2;
  const length = Math.max(shortestBar, Math.min(longestBar, room));
  return bars.map(({ labels, done, note }) => {
    const head = widths.map((one, index) => (labels[index] ?? '').padEnd(one)).join('  ');
    const bar = drawBar(done, length, glyphs);
    return { bar, line: `${head}  ${bar}  ${note}`.trimEnd() };
  });
}

function drawBar(done: number, length: number, { full, empty, parts }: Glyphs): string {
  const exact = Math.max(0, Math.min(1, done)) * length;
  const whole = Math.floor(exact);
  const part = parts[Math.floor((exact - whole) * (parts.length + 1)) - 1] ?? '';
  return (full.repeat(whole) + part).padEnd(length, empty);
}
