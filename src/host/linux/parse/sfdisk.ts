/** A GPT as `sfdisk --json` prints it. Positions and sizes in bytes. */
export interface PartitionTable {
  /** gpt, dos, ... */
  readonly label: string;
  /** Disk GUID, lower case. */
  readonly id: string;
  readonly firstByte: number;
  /** The first byte that cannot be used any more. */
  readonly endByte: number;
  readonly entries: readonly TableEntry[];
}

export interface TableEntry {
  readonly number: number;
  readonly start: number;
  readonly size: number;
  /** Partition GUID, lower case. */
  readonly uuid: string;
  readonly name: string;
}

interface Json {
  partitiontable: {
    label: string;
    id: string;
    device: string;
    firstlba?: number;
    lastlba?: number;
    sectorsize?: number;
    partitions?: { node: string; start: number; size: number; uuid?: string; name?: string }[];
  };
}

/** Throws on anything that is not what sfdisk prints. */
export function parseSfdisk(text: string): PartitionTable {
  const { partitiontable: table } = JSON.parse(text) as Json;
  const sector = table.sectorsize ?? 512;
  return {
    label: table.label,
    id: table.id.toLowerCase(),
    firstByte: (table.firstlba ?? 0) * sector,
    endByte: ((table.lastlba ?? -1) + 1) * sector,
    entries: (table.partitions ?? []).map(({ node, start, size, uuid, name }) => ({
      number: numberOf(table.device, node),
      start: start * sector,
      size: size * sector,
      uuid: (uuid ?? '').toLowerCase(),
      name: name ?? '',
    })),
  };
}

/** 12 of /dev/nvme0n1p12 on /dev/nvme0n1. */
function numberOf(device: string, node: string): number {
  const match = /^p?(\d+)$/.exec(node.slice(device.length));
  if (!node.startsWith(device) || !match) throw new Error(`sfdisk names ${node} as a partition of ${device}`);
  return Number(match[1]);
}
