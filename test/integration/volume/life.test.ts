import { useVirtualWorld } from '../../support/cluster/use-virtual-world';
import { describeVolumeLife } from '../suite/life';

describe('on virtual time, a volume', () => {
  describeVolumeLife(useVirtualWorld());
});
