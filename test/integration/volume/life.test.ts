import { VirtualWorld } from '../../support/cluster/virtual-world';
import { describeVolumeLife } from '../suite/life';
import { useWorld } from '../suite/use';

describe('on virtual time, a volume', () => {
  describeVolumeLife(useWorld(() => VirtualWorld.start()));
});
