import { startOnSockets } from '../../support/real-time/sockets';
import { describeVolumeLife } from '../suite/life';
import { describeShapes } from '../suite/shapes';
import { useWorld } from '../suite/use';

jest.setTimeout(60_000);

describe('over HTTP and sockets, in real time, a volume', () => {
  const user = useWorld(startOnSockets, { each: false });
  describeVolumeLife(user);
  describeShapes(user, ['a raw block device']);
});
