import type { PaceOptions } from '../../../controllers/volume/pace';
import type { Timings } from '../../../host/sim';

/** How big things are and how long they take. */
export interface Scale {
  readonly nodes: number;
  readonly drivesPerNode: number;
  readonly driveBytes: number;
  /** Of the claim. */
  readonly claim: string;
  readonly timings: Partial<Timings>;
  readonly pace: PaceOptions;
}

const GiB = 1024 ** 3;
const machines = { nodes: 3, drivesPerNode: 2, driveBytes: 16 * GiB };

/** For people: about ten seconds of synchronisation, as a drive on a 4 GbE link would have. */
export const watchable: Scale = {
  ...machines,
  claim: '4Gi',
  timings: { mdSyncKibPerSecond: 400 * 1024, mdProgressMs: 200, eraseMibPerSecond: 2_048 },
  pace: { settleMs: 100, progressMs: 300 },
};

/** For tests: the same life, no longer than it takes to see a percentage move. */
export const fast: Scale = {
  ...machines,
  claim: '1Gi',
  timings: { mdSyncKibPerSecond: 512 * 1024, mdProgressMs: 100, eraseMibPerSecond: 65_536 },
  pace: { settleMs: 20, progressMs: 100 },
};
