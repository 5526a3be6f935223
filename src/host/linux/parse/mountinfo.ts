/** One line of /proc/self/mountinfo (proc_pid_mountinfo(5)). */
export interface Mount {
  /** major:minor of the file system's device. */
  readonly device: string;
  /** What of the file system is mounted: / or, for a bind mount, the path in it. */
  readonly root: string;
  readonly path: string;
  readonly options: readonly string[];
  readonly type: string;
  readonly source: string;
}

/** In the order of mounting: of several at one path the last is the one that is seen. */
export function parseMountinfo(text: string): Mount[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [front, back] = line.split(' - ', 2);
      const [, , device, root, path, options] = front!.split(' ');
      const [type, source] = back!.split(' ');
      return {
        device: device!,
        root: unescape(root!),
        path: unescape(path!),
        options: options!.split(','),
        type: type!,
        source: unescape(source!),
      };
    });
}

/** The kernel writes space, tab, newline and backslash as octal numbers; the bytes are UTF-8. */
function unescape(text: string): string {
  if (!text.includes('\\')) return text;
  const bytes = Buffer.from(text, 'utf8').toString('latin1');
  const plain = bytes.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
  return Buffer.from(plain, 'latin1').toString('utf8');
}
