import { open, type FileHandle } from 'node:fs/promises';
import { partitionLabelPrefix } from '../../../src/api/identity';

export interface GptEntry {
  readonly uuid: string;
  readonly name: string;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

/** MeshStor's partitions by the table in a drive's file: what is on the medium, whether its node is up or not. */
export async function partitionsIn(file: string, sectorSize: number): Promise<GptEntry[]> {
  const drive = await open(file, 'r');
  try {
    const header = await bytes(drive, sectorSize, sectorSize);
    if (header.toString('latin1', 0, 8) !== 'EFI PART') return [];
    const [at, count, size] = [Number(header.readBigUInt64LE(72)), header.readUInt32LE(80), header.readUInt32LE(84)];
    const table = await bytes(drive, at * sectorSize, count * size);
    const entries = Array.from({ length: count }, (_, i) =>
      entryOf(table.subarray(i * size, (i + 1) * size), sectorSize),
    );
    return entries.filter(({ name }) => name.startsWith(partitionLabelPrefix));
  } finally {
    await drive.close();
  }
}

function entryOf(entry: Buffer, sectorSize: number): GptEntry {
  const [first, last] = [Number(entry.readBigUInt64LE(32)), Number(entry.readBigUInt64LE(40))];
  return {
    uuid: guid(entry.subarray(16, 32)),
    name: entry.toString('utf16le', 56, 128).replace(/\0.*$/s, ''),
    offsetBytes: first * sectorSize,
    sizeBytes: (last - first + 1) * sectorSize,
  };
}

/** The first three fields are little-endian. */
function guid(raw: Buffer): string {
  const swapped = Buffer.from(raw);
  swapped.subarray(0, 4).reverse();
  swapped.subarray(4, 6).reverse();
  swapped.subarray(6, 8).reverse();
  return swapped.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

async function bytes(drive: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer } = await drive.read(Buffer.alloc(length), 0, length, position);
  return buffer;
}
