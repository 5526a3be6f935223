import { describeCsiCalls } from '../../integration/suite/calls';
import { describeVolumeLife } from '../../integration/suite/life';
import { describeMoves, describeSinglePod } from '../../integration/suite/moves';
import { describeRefusals } from '../../integration/suite/refusals';
import { describePlacement, describeShapes } from '../../integration/suite/shapes';
import { useWorld } from '../../integration/suite/use';
import { describeSince, describeWithManagers } from '../shared';
import { startOnRealServer } from './world';

describeWithManagers('on a real API server, in real time,', () => {
  const user = useWorld(() => startOnRealServer('real'), { each: false });

  describe('a volume', () => {
    describeVolumeLife(user);
    describeShapes(user);
    describePlacement(user);
    describeMoves(user);
  });
  // Claims for a single pod came with 1.22 and are on without being asked for since 1.27.
  describeSince('1.27')('a volume', () => describeSinglePod(user));
  describe('a claim', () => describeRefusals(user));
  describe('a CSI call:', () => describeCsiCalls(user));
});
