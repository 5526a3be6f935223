/** Format for `stat --file-system --format`: block size, blocks, free, available, inodes, free inodes. */
export const statfsFormat = '%S %b %f %a %c %d';

export interface Statfs {
  readonly totalBytes: number;
  readonly availableBytes: number;
  readonly usedBytes: number;
  readonly totalInodes: number;
  readonly availableInodes: number;
  readonly usedInodes: number;
}

/** Throws on anything else than six numbers. */
export function parseStatfs(text: string): Statfs {
  const match = /^(\d+) (\d+) (\d+) (\d+) (\d+) (\d+)$/.exec(text.trim());
  if (!match) throw new Error(`stat printed "${text.trim()}" for ${statfsFormat}`);
  const [size, blocks, free, available, inodes, freeInodes] = match.slice(1).map(Number) as Six;
  return {
    totalBytes: blocks * size,
    availableBytes: available * size,
    usedBytes: (blocks - free) * size,
    totalInodes: inodes,
    availableInodes: freeInodes,
    usedInodes: inodes - freeInodes,
  };
}

type Six = [number, number, number, number, number, number];
