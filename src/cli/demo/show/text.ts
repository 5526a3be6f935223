/** A control sequence that takes no room on the screen. */
// eslint-disable-next-line no-control-regex
const sequence = /\x1b\[[0-9;?]*[a-zA-Z]/y;

/** Columns that a text takes; every character used here is one wide. */
export function widthOf(text: string): number {
  let width = 0;
  for (const { visible } of piecesOf(text)) if (visible) width++;
  return width;
}

/** The text cut to a width, with an ellipsis where something is missing. Colours are closed by the caller's end. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let left = Math.max(0, width - 1);
  let result = '';
  for (const { piece, visible } of piecesOf(text)) {
    if (visible && left-- <= 0) continue;
    result += piece;
  }
  return width > 0 ? `${result}…` : result;
}

/** A name shortened in its middle: both ends tell names apart. */
export function shorten(name: string, width: number): string {
  if (name.length <= width) return name;
  if (width < 2) return name.slice(0, width);
  const tail = Math.floor((width - 1) / 3);
  return `${name.slice(0, width - 1 - tail)}…${tail > 0 ? name.slice(-tail) : ''}`;
}

/** Lines of at most `width` columns, broken between words; a word that is longer stands alone. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines[lines.length - 1];
    if (last !== undefined && widthOf(last) + 1 + widthOf(word) <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

function* piecesOf(text: string): Generator<{ piece: string; visible: boolean }> {
  for (let at = 0; at < text.length;) {
    sequence.lastIndex = at;
    const match = sequence.exec(text);
    const piece = match?.[0] ?? String.fromCodePoint(text.codePointAt(at)!);
    yield { piece, visible: match === null };
    at += piece.length;
  }
}
