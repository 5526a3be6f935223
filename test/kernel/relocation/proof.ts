import { arrayUUID } from '../../../src/api/identity';
import { memberDataOffsetBytes } from '../../../src/api/layout';
import type { MeshStorVolume } from '../../../src/api/model';
import { open } from 'node:fs/promises';
import type { Extent } from '../../integration/suite/world';
import type { LabNode, LabWriter } from '../../lab';
import { blockBytes } from '../volume/blocks';
import type { LabWorld } from '../volume/lab-world';
import { lookAt } from '../volume/sight';

const hex = (uuid: string): string => uuid.replace(/[^0-9a-f]/g, '');

/** md reads all members of the volume's array, and finds no difference between them. Nobody may be writing. */
export async function expectEqualMembers(world: LabWorld, { metadata, status }: MeshStorVolume): Promise<void> {
  const node = world.node(status!.owner!.nodeName);
  const { arrays } = await lookAt(node);
  const { name } = arrays.find(({ uuid }) => hex(uuid) === hex(arrayUUID(metadata.uid!)))!;
  const md = `/sys/block/${name}/md`;
  await node.must(`echo check > ${md}/sync_action`);
  await world.eventually(
    `the check of ${name} to end`,
    async () => (await node.must(`cat ${md}/sync_action`)) === 'idle',
  );
  expect(await node.must(`cat ${md}/last_sync_action ${md}/mismatch_cnt`)).toBe('check\n0');
}

/** What was written to a drive below the node's kernel since the node booted; what is cached goes first. */
export async function writtenBytes(node: LabNode, { drive }: Extent): Promise<number> {
  const index = node.drives.findIndex(({ uuid }) => uuid === drive);
  const stat = await node.must(
    `sync; cat /sys/block/$(dmsetup info --columns --noheadings -o blkdevname lab-drive${index})/stat`,
  );
  return Number(stat.trim().split(/\s+/)[6]) * 512;
}

/** How many acknowledged writes to a raw volume the medium of one copy does not have. */
export async function missingOn(world: LabWorld, extent: Extent, writer: LabWriter): Promise<number> {
  const { file } = world.node(extent.node).drives.find(({ uuid }) => uuid === extent.drive)!;
  const medium = await open(file, 'r');
  try {
    const block = Buffer.alloc(blockBytes);
    let missing = 0;
    for (const [index, number] of writer.lastAcknowledged()) {
      await medium.read(block, 0, blockBytes, extent.offsetBytes + memberDataOffsetBytes + index * blockBytes);
      // The writer's blocks begin with their sum and their number.
      if (Number(block.readBigUInt64LE(8)) < number) missing++;
    }
    return missing;
  } finally {
    await medium.close();
  }
}
