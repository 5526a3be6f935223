/** What `dmsetup status -v` and `dmsetup table` say of one device with one target. */
export interface MapState {
  readonly openCount: number;
  readonly suspended: boolean;
  /** linear, multipath, error, ... */
  readonly target: string;
  /** Everything after the target's name. */
  readonly status: string;
}

/** Blocks of `dmsetup status -v`, by device name. */
export function parseStatus(text: string): Map<string, MapState> {
  const found = new Map<string, MapState>();
  for (const block of text.split(/^(?=Name: )/m)) {
    const name = field(block, 'Name');
    if (name === undefined) continue;
    const line = /^\d+ \d+ (\S+) ?(.*)$/m.exec(block);
    found.set(name, {
      openCount: Number(field(block, 'Open count')),
      suspended: field(block, 'State')?.startsWith('SUSPENDED') ?? false,
      target: line?.[1] ?? '',
      status: line?.[2]?.trim() ?? '',
    });
  }
  return found;
}

const field = (block: string, name: string): string | undefined =>
  new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(block)?.[1]?.trim();

/** Lines of `dmsetup table`, by device name; of several targets the last. */
export function parseTables(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^(\S+): (\d+ \d+ \S.*)$/.exec(line);
    if (match) found.set(match[1]!, match[2]!.trim());
  }
  return found;
}

export interface MultipathPath {
  /** major:minor */
  readonly device: string;
  readonly active: boolean;
}

/** Paths in the status of a multipath target: "2 0 0 0 1 1 E 0 1 0 259:9 F 1". */
export function parsePaths(status: string): MultipathPath[] {
  const paths = [...status.matchAll(/(\d+:\d+) ([AF]) \d+/g)];
  return paths.map(([, device, state]) => ({ device: device!, active: state === 'A' }));
}

/** Whether I/O without a path waits, by the table of a multipath target. */
export const isQueueing = (table: string): boolean => table.split(' ').includes('queue_if_no_path');
