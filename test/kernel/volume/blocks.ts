import { createHash } from 'node:crypto';

export const blockBytes = 4096;
const digestBytes = 32;

/**
 * Blocks that tell which one they are and whether they are whole, so that they are known again on any medium: mark
 * and number, filler made of them, and the digest of it all.
 */
export function checkedBlocks(mark: string, count: number): Buffer {
  return Buffer.concat(Array.from({ length: count }, (_, number) => checkedBlock(mark, number)));
}

function checkedBlock(mark: string, number: number): Buffer {
  const body = Buffer.alloc(blockBytes - digestBytes, `${mark}/${number}/`);
  return Buffer.concat([body, digest(body)]);
}

/** Numbers of the whole blocks of this mark among those of a chunk. */
export function findBlocks(mark: string, chunk: Buffer): number[] {
  const found: number[] = [];
  const start = Buffer.from(`${mark}/`);
  for (let at = 0; at + blockBytes <= chunk.length; at += blockBytes) {
    if (!chunk.subarray(at, at + start.length).equals(start)) continue;
    const body = chunk.subarray(at, at + blockBytes - digestBytes);
    if (!digest(body).equals(chunk.subarray(at + blockBytes - digestBytes, at + blockBytes))) continue;
    found.push(Number.parseInt(body.toString('latin1', start.length, start.length + 10), 10));
  }
  return found;
}

const digest = (data: Buffer): Buffer => createHash('sha256').update(data).digest();
