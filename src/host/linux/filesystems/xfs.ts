/** XFS's superblock (struct xfs_dsb): "XFSB" at its beginning, sb_inprogress at byte 126. */
export const xfsHeaderBytes = 4096;
const inProgress = 126;

/** mkfs.xfs writes the superblock with this flag first, and clears it at the very end. */
export const isUnfinishedXfs = (header: Buffer): boolean =>
  header.toString('latin1', 0, 4) === 'XFSB' && header[inProgress] !== 0;
