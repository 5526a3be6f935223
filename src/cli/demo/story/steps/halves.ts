import type { MeshStorVolume } from '../../../../api/model';
import { contentOfHalf } from '../media';
import type { Stage } from '../stage';
import type { Told } from '../teller';
import { sha256, type Files } from './data';

/** Each half by itself holds what the pod wrote, and both hold the same. */
export async function halves({ local }: Stage, volume: MeshStorVolume, written: Files): Promise<Told<void>> {
  const expected = sha256(written);
  const found = await Promise.all(
    (volume.status?.partitions ?? []).map(async ({ nodeID, device = '', partitionUUID = '' }) => {
      const content = await contentOfHalf(local.cluster.node(nodeID).machine, partitionUUID);
      return { node: nodeID, device, partitionUUID, ...content };
    }),
  );
  for (const { node, device, files } of found) {
    if (sha256(files) !== expected) throw new Error(`the half on ${node}, ${device}, does not hold what the pod wrote`);
  }
  const [first] = found;
  if (found.length !== 2 || found.some((half) => half.sha256 !== first!.sha256)) {
    throw new Error(`the halves differ: ${found.map((half) => `${half.node} ${half.sha256}`).join(', ')}`);
  }
  const line = ({ node, device, blocks, sha256 }: (typeof found)[number]) =>
    `${node} ${device}: ${blocks} blocks in use, sha256 ${sha256.slice(0, 16)}, and all ${written.size} files in it`;
  return {
    value: undefined,
    said: ['Read from each drive alone, below md, network and file system:', ...found.map(line)],
    result: { filesSha256: expected, halves: found.map(({ files, ...half }) => ({ ...half, files: files.size })) },
    proven: `Each half by itself holds all ${written.size} files that the pod wrote; the two are the same block by block.`,
  };
}
