import type { MeshStorVolume } from '../../../src/api/model';
import { useVirtualWorld } from '../../support/cluster/use-virtual-world';
import type { VirtualWorld } from '../../support/cluster/virtual-world';

const away = { kind: 'reset', effect: 'none' } as const;
const minuteMs = 60_000;

describe('while the API server is away', () => {
  const user = useVirtualWorld();
  const { world } = user;

  /** Nobody but the test reaches it, until it is back. */
  function takeAway(): () => void {
    const { hooks } = world();
    hooks.faults = ({ client }) => (client === 'cluster' ? undefined : away);
    hooks.watches.reset(({ client }) => client !== 'cluster');
    return () => (hooks.faults = undefined);
  }

  const ownerOf = ({ status }: MeshStorVolume) => ({ node: status!.owner!.nodeName, epoch: status!.owner!.epoch });

  /** A running pod on node1 whose volume has its other copy on node2. */
  async function running() {
    const claim = await user().claim();
    const pod = await user().runningPod(claim, { node: 'node1' });
    return { claim, pod, volume: await user().synced(claim) };
  }

  it.each([1, 5])('for %i min, I/O goes on, and afterwards everything is as it was', async (minutes) => {
    const { claim, pod, volume } = await running();
    const back = takeAway();
    for (let time = 1; time <= 6; time++) {
      await world().volume(pod).write(time, `written at ${time}`);
      expect(await world().volume(pod).read(time)).toBe(`written at ${time}`);
      await world().pass((minutes * minuteMs) / 6);
    }
    back();
    await world().pass(2 * minuteMs);
    const after = await user().synced(claim);
    expect(ownerOf(after)).toEqual(ownerOf(volume));
    expect(after.status!.inSync).toEqual(volume.status!.inSync);
    expect(await world().volume(pod).read(6)).toBe('written at 6');
  });

  it.each([1, 5])('for %i min, what was asked for before and meanwhile is done afterwards', async (minutes) => {
    const first = await running();
    const moved = await user().claim();
    const leaving = await user().runningPod(moved, { node: 'node2' });
    await world().volume(leaving).write(1, 'moves on');
    const requested = await user().claim({ storageClass: await user().class({ binding: 'Immediate' }) });
    const back = takeAway();
    const arriving = await user().pod(moved, { node: 'node3' });
    const gone = user().deletePod(leaving);
    const late = await user().claim({ storageClass: await user().class({ binding: 'Immediate' }) });
    await world().pass(minutes * minuteMs);
    back();
    await gone;
    await user().running(arriving);
    expect(await world().volume(arriving).read(1)).toBe('moves on');
    for (const claim of [first.claim, requested, late, moved]) await user().synced(claim);
  });

  it('a member that is lost holds writes up until its loss is on record', async () => {
    const { claim, pod, volume } = await running();
    const back = takeAway();
    world().cluster.world.cutLink('node1', 'node2');
    let acknowledged = false;
    const writing = world().cluster.use(pod);
    void write(writing).then(() => (acknowledged = true));
    await world().pass(minuteMs);
    expect(acknowledged).toBe(false);
    expect(world().records.volume(volume.metadata.uid!)!.status!.inSync).toHaveLength(2);
    back();
    await world().eventually('the write to be acknowledged', async () => acknowledged);
    expect(world().records.volume(volume.metadata.uid!)!.status!.inSync).toHaveLength(1);
    world().cluster.world.healLink('node1', 'node2');
    await user().volume(claim, 'whole', ({ status }) => status?.inSync?.length === 2);
    writing.close();
  });
});

const write = (opened: ReturnType<VirtualWorld['cluster']['use']>) =>
  'writeFile' in opened ? opened.writeFile('held', 'up') : opened.write(0, 'held up');
