import type { MeshStorVolume } from '../../../src/api/model';
import { volumes } from '../../../src/api/resources';
import type { SimVolumeHandle } from '../../../src/host/sim';
import { contentOf } from '../../support/cluster/machines';
import { useVirtualWorld } from '../../support/cluster/use-virtual-world';
import { driveBytes } from '../../support/cluster/simulated-world';

const away = { kind: 'reset', effect: 'none' } as const;
/** A drive that forgets in a loss of power about half of what was not flushed. */
const drives = [{ sizeBytes: driveBytes, volatileWriteCache: true }];
/** Enough that one of them is forgotten, whatever the seed. */
const places = [...Array(16).keys()];

describe('on drives with volatile write caches', () => {
  const user = useVirtualWorld({ nodes: { node1: { drives }, node2: { drives }, node3: { drives } } });
  const { world } = user;

  /** A raw block volume in use on node1; its other copy, if it has one, is elsewhere. */
  async function inUse(copies: number, node = 'node1') {
    const parameters = { numberOfCopies: String(copies) };
    const claim = await user().claim({ storageClass: await user().class({ parameters }), block: true });
    const pod = await user().runningPod(claim, { node });
    const volume = await user().synced(claim);
    return { claim, pod, volume, opened: world().cluster.use(pod) as SimVolumeHandle };
  }
  const providerOf = async (volume: MeshStorVolume) =>
    (await user().partitionsOf(volume)).map(({ spec }) => spec.nodeName).find((node) => node !== 'node1')!;
  const write = (opened: SimVolumeHandle, text: string) =>
    world().done(Promise.all(places.map((at) => opened.write(at, `${text} ${at}`, { sync: false }))));
  const read = (opened: SimVolumeHandle) => world().done(Promise.all(places.map((at) => opened.read(at))));
  const now = async ({ metadata }: MeshStorVolume) => (await world().kube.get(volumes, metadata.name))!;
  const whole = (volume: MeshStorVolume, copies: number) =>
    world().eventually('the volume to be whole', async () => {
      const { status } = await now(volume);
      return status?.mdState === 'active' && status.inSync?.length === copies;
    });
  const restart = (node: string) => {
    world().machine(node).powerCut();
    world().machine(node).boot();
    return world().cluster.node(node).process.start();
  };
  const takeAway = () => {
    const { hooks } = world();
    hooks.faults = ({ client }) => (client === 'cluster' ? undefined : away);
    hooks.watches.reset(({ client }) => client !== 'cluster');
    return () => (hooks.faults = undefined);
  };

  it('a flush is not answered on the word of a provider that was without power, and nothing is missing after', async () => {
    const { pod, volume, opened } = await inUse(2);
    const provider = await providerOf(volume);
    await write(opened, 'cached');
    const back = takeAway();
    let flushed = false;
    world().machine(provider).powerCut();
    // What is under way when the loss is noticed is answered, and only on the other half.
    await world().pass(10_000);
    const flush = opened.flush().then(() => (flushed = true));
    world().machine(provider).boot();
    void world().cluster.node(provider).process.start();
    await world().pass(120_000);
    expect(flushed).toBe(false);
    back();
    await world().done(flush);
    await whole(volume, 2);
    opened.close();
    const extents = await user().extentsOf(volume);
    const contents = extents.map((extent) => [...contentOf(world().machine(extent.node), extent).values()]);
    for (const content of contents) expect(content).toEqual(expect.arrayContaining(places.map((at) => `cached ${at}`)));
    expect(await world().volume(pod).read(1)).toBe('cached 1');
  });

  it('a path that returns without a loss of power goes on, with the API server away too', async () => {
    const { volume, opened } = await inUse(2);
    const provider = await providerOf(volume);
    const back = takeAway();
    world().cluster.world.cutLink('node1', provider);
    const writing = write(opened, 'waits');
    await world().pass(20_000);
    world().cluster.world.healLink('node1', provider);
    await writing;
    await world().done(opened.flush());
    back();
    expect((await now(volume)).status!.inSync).toHaveLength(2);
    opened.close();
  });

  it('the only copy waits for somebody to say that it may go on as it is', async () => {
    const { volume, claim, pod, opened } = await inUse(1);
    opened.close();
    await user().deletePod(pod);
    const other = await user().runningPod(claim, { node: 'node2' });
    const away = world().cluster.use(other) as SimVolumeHandle;
    await write(away, 'alone');
    await restart('node1');
    const flush = away.flush();
    const reasonOf = ({ status }: MeshStorVolume) => status?.conditions?.find(({ type }) => type === 'ArrayReady');
    const held = await world().eventually('the reason', async () => {
      const condition = reasonOf(await now(volume));
      return condition?.reason === 'CacheLost' && condition;
    });
    expect(held.message).toContain('spec.memberLossPolicy');
    const spec = { memberLossPolicy: 'Available' };
    await world().done(world().kube.patch(volumes, volume.metadata.name, { spec }, { fieldManager: 'somebody' }));
    await world().done(flush);
    expect(await read(away)).toHaveLength(places.length);
    away.close();
  });

  it('providers may restart as they like while nobody uses the volume: what was stopped is on the medium', async () => {
    const { claim, pod, volume, opened } = await inUse(2);
    const provider = await providerOf(volume);
    await write(opened, 'left');
    opened.close();
    await user().deletePod(pod);
    await restart(provider);
    const again = await user().runningPod(claim, { node: 'node1' });
    expect((await now(volume)).status!.inSync).toHaveLength(2);
    expect(await world().volume(again).read(1)).toBe('left 1');
  });
});
