import { useVirtualWorld } from '../../support/cluster/use-virtual-world';
import { describeMoves, describeSinglePod } from '../suite/moves';
import { describeRefusals } from '../suite/refusals';
import { describePlacement, describeShapes } from '../suite/shapes';

const user = useVirtualWorld();

describe('a volume', () => {
  describeShapes(user);
  describePlacement(user);
  describeMoves(user);
  describeSinglePod(user);
});

describe('a claim', () => describeRefusals(user));
