import { conditionOf } from '../../../src/api/volume';
import { driveBytes } from '../../support/cluster/simulated-world';
import { useVirtualWorld } from '../../support/cluster/use-virtual-world';
import { eventsOf } from '../suite/follow';

const drives = [{ sizeBytes: driveBytes }];

describe('a node whose kernel cannot run arrays', () => {
  const old = { facts: { kernel: '6.1.0' } };
  const user = useVirtualWorld({
    nodes: { node1: { drives }, node2: { drives }, node3: { drives, ...old }, node4: old },
  });

  it.each(['node3', 'node4'])('gets no volume, says why, and keeps none from nodes that can: %s', async (unfit) => {
    const claim = await user().claim();
    const pod = await user().runningPod(claim, { node: 'node1' });
    const { metadata } = await user().synced(claim);
    await user().world.volume(pod).write(1, 'written');
    await user().deletePod(pod);
    const stuck = await user().pod(claim, { node: unfit });
    const waiting = await user().volume(
      claim,
      'refused',
      (volume) => conditionOf(volume, 'Attached')?.reason === 'NodeUnfit',
    );
    expect(conditionOf(waiting, 'Attached')?.message).toMatch(new RegExp(`${unfit} cannot run the volume.*6\\.1\\.0`));
    expect(waiting.status?.owner?.nodeName).toBe('node1');
    expect(await eventsOf(user().world, metadata.name)).toContain('Warning NodeUnfit');
    await user().deletePod(stuck);
    const next = await user().runningPod(claim, { node: 'node2' });
    expect(await user().world.volume(next).read(1)).toBe('written');
  });
});
