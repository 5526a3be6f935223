/** KEY=value lines of `blkid -p -o export`. blkid escapes shell characters with backslashes. */
export function parseBlkid(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split('\n')) {
    const at = line.indexOf('=');
    if (at > 0) found.set(line.slice(0, at), line.slice(at + 1).replace(/\\(.)/g, '$1'));
  }
  return found;
}

/** What a device holds, in words: "xfs file system", "linux_raid_member", "gpt partition table". */
export function describeSignature(found: ReadonlyMap<string, string>): string {
  const type = found.get('TYPE');
  if (type !== undefined) return found.get('USAGE') === 'filesystem' ? `${type} file system` : type;
  const table = found.get('PTTYPE');
  return table !== undefined ? `${table} partition table` : 'signatures of several kinds';
}
