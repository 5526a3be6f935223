import type { Metadata } from '../hardware/cells';

/** The partition table of a drive, kept in its first cell. */
export interface PartitionTable extends Metadata {
  readonly kind: 'gpt';
  readonly diskGUID: string;
  readonly entries: readonly PartitionEntry[];
}

export interface PartitionEntry {
  readonly number: number;
  readonly uuid: string;
  /** GPT partition name. */
  readonly name: string;
  /** First cell on the drive. */
  readonly start: number;
  readonly cells: number;
}

export const tableCell = 0;
