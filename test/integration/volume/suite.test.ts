import { VirtualWorld } from '../../support/cluster/virtual-world';
import { describeMoves, describeSinglePod } from '../suite/moves';
import { describeRefusals } from '../suite/refusals';
import { describePlacement, describeShapes } from '../suite/shapes';
import { useWorld } from '../suite/use';

const user = useWorld(() => VirtualWorld.start());

describe('a volume', () => {
  describeShapes(user);
  describePlacement(user);
  describeMoves(user);
  describeSinglePod(user);
});

describe('a claim', () => describeRefusals(user));
