import { VirtualWorld } from '../../support/cluster/virtual-world';
import { describeCsiCalls } from '../suite/calls';
import { useWorld } from '../suite/use';

describe('on virtual time, a CSI call:', () => describeCsiCalls(useWorld(() => VirtualWorld.start())));
