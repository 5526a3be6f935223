/** md's superblock, version 1.2: 4 KiB from the start of a member. Layout: linux/raid/md_p.h, mdp_superblock_1. */
export interface MdSuperblock {
  /** Lower case, with dashes. */
  readonly arrayUUID: string;
  readonly memberUUID: string;
  readonly events: number;
  /** Roles that the array had when this was written. */
  readonly raidDevices: number;
  /** Where the member's data starts, in bytes. */
  readonly dataOffset: number;
  readonly hasBadBlockList: boolean;
  /** False while it is being rebuilt, or made as a copy. */
  readonly isComplete: boolean;
}

export const superblockOffset = 4096;
export const superblockBytes = 4096;

const magic = 0xa92b4efc;
/** MD_FEATURE_RECOVERY_OFFSET: good up to there only. */
const recoveryOffsetFeature = 2;
const headerBytes = 256;

/** Undefined when there is no superblock. Throws when there is one that is torn or of another version. */
export function parseSuperblock(block: Buffer): MdSuperblock | undefined {
  if (block.length < superblockBytes) throw new Error(`${block.length} bytes are no superblock's ${superblockBytes}`);
  if (block.readUInt32LE(0) !== magic) return undefined;
  const version = block.readUInt32LE(4);
  if (version !== 1) throw new Error(`an md superblock of version ${version}, not 1.2`);
  if (checksum(block) !== block.readUInt32LE(216)) throw new Error('an md superblock whose checksum is wrong');
  return {
    arrayUUID: uuid(block, 16),
    memberUUID: uuid(block, 168),
    events: Number(block.readBigUInt64LE(200)),
    raidDevices: block.readUInt32LE(92),
    dataOffset: Number(block.readBigUInt64LE(128)) * 512,
    isComplete: (block.readUInt32LE(8) & recoveryOffsetFeature) === 0,
    hasBadBlockList: block.readUInt16LE(186) > 0 && block.readInt32LE(188) !== 0,
  };
}

/** The sum of its 32-bit words without that of the checksum itself, carries folded in; as md computes it. */
function checksum(block: Buffer): number {
  const size = headerBytes + block.readUInt32LE(220) * 2;
  if (size > superblockBytes) throw new Error('an md superblock that is longer than one can be');
  let sum = 0n;
  for (let at = 0; at + 4 <= size; at += 4) if (at !== 216) sum += BigInt(block.readUInt32LE(at));
  if (size % 4 === 2) sum += BigInt(block.readUInt16LE(size - 2));
  return Number(((sum & 0xffffffffn) + (sum >> 32n)) & 0xffffffffn);
}

function uuid(block: Buffer, at: number): string {
  const hex = block.toString('hex', at, at + 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
