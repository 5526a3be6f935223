import { open } from 'node:fs/promises';
import type { Lab, LabDrive, LabNode } from '../../lab';
import type { Extent } from '../../integration/suite/world';
import { findBlocks } from './blocks';
import { partitionsIn, type GptEntry } from './gpt';

const chunkBytes = 4 * 1024 ** 2;

/** What is on the drives of a lab, read from the files that hold them: below every cache, map and kernel. */
export class Media {
  constructor(private readonly lab: Lab) {}

  /** MeshStor's partitions on the drives of a node. */
  async partitionsOn(node: LabNode): Promise<(GptEntry & { readonly drive: LabDrive })[]> {
    const found = await Promise.all(
      node.drives.map(async (drive) =>
        (await partitionsIn(drive.file, drive.sectorSize)).map((entry) => ({ ...entry, drive })),
      ),
    );
    return found.flat();
  }

  /** The node that has each partition, by the partition's UUID. */
  async homes(): Promise<Map<string, string>> {
    const found = await Promise.all(
      this.lab.nodes.map(async (node) =>
        (await this.partitionsOn(node)).map(({ uuid }): [string, string] => [uuid, node.name]),
      ),
    );
    return new Map(found.flat());
  }

  async find(node: LabNode, partitionUUID: string): Promise<Extent | undefined> {
    const found = (await this.partitionsOn(node)).find(({ uuid }) => uuid === partitionUUID);
    if (!found) return undefined;
    const { drive, offsetBytes, sizeBytes } = found;
    return { node: node.name, drive: drive.uuid, offsetBytes, sizeBytes };
  }

  /** Whether the text is somewhere in the stretch. */
  async holds(extent: Extent, text: string): Promise<boolean> {
    const wanted = Buffer.from(text);
    // What lies across two chunks is found with the end of the one before.
    let before: Buffer = Buffer.alloc(0);
    return this.#some(extent, (chunk) => {
      const joined = Buffer.concat([before, chunk]);
      before = joined.subarray(-wanted.length + 1);
      return joined.includes(wanted);
    });
  }

  async isBlank(extent: Extent): Promise<boolean> {
    const zeroes = Buffer.alloc(chunkBytes);
    return !(await this.#some(extent, (chunk) => !chunk.equals(zeroes.subarray(0, chunk.length))));
  }

  /** Numbers of the checked blocks of this mark that are whole somewhere in the stretch, in order, each once. */
  async blocks(extent: Extent, mark: string): Promise<number[]> {
    const found = new Set<number>();
    await this.#some(extent, (chunk) => {
      for (const number of findBlocks(mark, chunk)) found.add(number);
      return false;
    });
    return [...found].sort((a, b) => a - b);
  }

  async #some({ node, drive, offsetBytes, sizeBytes }: Extent, isIt: (chunk: Buffer) => boolean): Promise<boolean> {
    const { file } = this.lab.node(node).drives.find(({ uuid }) => uuid === drive)!;
    const handle = await open(file, 'r');
    const buffer = Buffer.alloc(chunkBytes);
    try {
      for (let at = 0; at < sizeBytes; at += chunkBytes) {
        const length = Math.min(chunkBytes, sizeBytes - at);
        const { bytesRead } = await handle.read(buffer, 0, length, offsetBytes + at);
        if (bytesRead < length) throw new Error(`${file} ends within the stretch at ${offsetBytes}`);
        if (isIt(buffer.subarray(0, length))) return true;
      }
      return false;
    } finally {
      await handle.close();
    }
  }
}
