import { describeMoves, describeSinglePod } from '../../integration/suite/moves';
import { describeShapes } from '../../integration/suite/shapes';
import { useWorld } from '../../integration/suite/use';
import { describeCrashes } from './crashes';
import { describeData } from './data';
import { LabWorld } from './lab-world';
import { describePowerCut } from './power';

/** The tests wait for what they expect; this is only against a test that waits for ever. */
jest.setTimeout(1_800_000);

/** One lab for all: each test leaves it as it was, or fails. */
const user = useWorld(() => LabWorld.start(), { each: false });

/** What is left out of the shared suite differs in nothing that a kernel sees. */
const shapes = [
  'three copies, on three nodes',
  'two copies striped over two drives each: RAID10 with a chunk of 64 KiB',
  'ext4',
  'a raw block device',
  'drives with sectors of 4096 bytes',
];

describe('on real kernels, a volume', () => {
  describeData(user);
  describeShapes(user, shapes);
  describeMoves(user);
  describeSinglePod(user);
  describeCrashes(user);
  describePowerCut(user);
});
