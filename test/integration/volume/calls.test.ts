import { useVirtualWorld } from '../../support/cluster/use-virtual-world';
import { describeCsiCalls } from '../suite/calls';

describe('on virtual time, a CSI call:', () => describeCsiCalls(useVirtualWorld()));
