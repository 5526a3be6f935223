import { useWorld } from '../../integration/suite/use';
import { LabWorld } from '../volume/lab-world';
import { describeConsumerLoss } from './consumer';
import { describeDrain } from './drain';
import { describeEvacuation } from './evacuation';
import { describeLinks } from './links';
import { describeProviderPower } from './provider-power';
import { describeReplacement } from './replacement';
import { restore } from './restore';

/** The tests wait for what they expect; this is only against a test that waits for ever. */
jest.setTimeout(1_800_000);

const sizeMiB = 16 * 1024;
/** By its sector size a StorageClass chooses whether the drives of a volume forget with their power. */
const drives = [
  { sizeMiB, volatileWriteCache: false },
  { sizeMiB, volatileWriteCache: false },
  { sizeMiB, sectorSize: 4096, volatileWriteCache: true },
] as const;

// What a test did to the lab is taken back before it is looked at what the test has left.
afterEach(() => restore(user.world()));
/** One lab for all: each test leaves it as it was, or fails. */
const user = useWorld(() => LabWorld.start(drives), { each: false });

describe('relocation', () => {
  describeDrain(user);
  describeEvacuation(user);
  describeLinks(user);
  describeProviderPower(user);
  describeReplacement(user);
  describeConsumerLoss(user);
});
