import type { Extent } from '../../integration/suite/world';
import { LabWriter, type LabNode } from '../../lab';
import { CalledVolume } from '../volume/called-volume';
import type { LabWorld, SuiteUser } from '../volume/lab-world';
import { expectEqualMembers } from './proof';

const ranAlone = 'written to one half, and acknowledged to nobody';

/** Consumers that are lost, and what they leave behind. */
export function describeConsumerLoss(user: SuiteUser): void {
  const extentOn = async (volume: CalledVolume, node: LabNode): Promise<Extent> => {
    const partitions = await user().partitionsOf(await volume.now());
    return (await user.world().locate(partitions.find(({ spec }) => spec.nodeName === node.name)!))!;
  };
  const holds = (extent: Extent): Promise<boolean> => user.world().holds(extent, ranAlone);

  async function expectKept(volume: CalledVolume, writer: LabWriter, node: LabNode): Promise<void> {
    await expectEqualMembers(user.world(), await volume.now());
    const { blocks, bad } = await writer.check(node, volume.file);
    expect(blocks).toBeGreaterThan(0);
    expect(bad).toBe(0);
  }

  /** In use on the node of its first copy, whole, and written to. */
  async function inUse() {
    const world = user.world();
    const volume = await CalledVolume.create(user);
    const [first, second] = (await volume.copies()).map((name) => world.node(name)) as [LabNode, LabNode];
    await volume.use(first.name);
    await volume.whole();
    const writer = await LabWriter.start(first, volume.file);
    await writer.progress(300);
    return { world, volume, first, second, writer };
  }

  it.each(['is heard again', 'lost power as well'])(
    'from a consumer that was cut off and %s: the half that ran alone is made equal when it is back',
    async (fate) => {
      const { world, volume, first, second, writer } = await inUse();
      const half = await extentOn(volume, first);
      await first.cutManagement();
      await first.cutLink();
      // It reaches the local half at once, and waits for the other one.
      const alone = `yes '${ranAlone}' | dd of='${volume.file}-alone' bs=1M iflag=fullblock oflag=direct status=none`;
      await first.spawn(['bash', '-c', alone], { name: 'alone' });
      await world.eventually('the local half to have it', () => holds(half));
      if (fate === 'lost power as well') await first.powerCut();
      const { acknowledged } = writer;

      await volume.detach(first.name);
      await volume.use(second.name);
      expect(await writer.check(second, volume.file)).toMatchObject({ bad: 0 });
      const next = await LabWriter.start(second, volume.file, {}, writer);
      await first.healLink();
      await first.healManagement();
      if (fate === 'is heard again') await freezes(world, first);
      expect(writer.acknowledged).toBe(acknowledged);
      await first.powerCut();
      await world.cluster.boot(first.name);
      await volume.whole();
      await next.stop();
      await expectKept(volume, next, second);
      expect(await holds(half)).toBe(false);
      await volume.remove(second.name);
    },
  );

  it('from a consumer that ran alone on record waits for its half, and never starts on the one left behind', async () => {
    const { world, volume, first, second, writer } = await inUse();
    await second.cutLink();
    await world.eventually('the other half to be recorded as lost', async () => {
      return (await volume.now()).status?.inSync?.length === 1;
    });
    await writer.progress(300);
    await first.powerCut();
    await writer.ended();
    await second.healLink();

    await volume.detach(first.name);
    expect(await volume.caller.attach(second.name)).toBe('OK');
    expect(await volume.caller.stage(second.name, {}, 10_000)).not.toBe('OK');
    expect(await world.arraysOf((await volume.now()).metadata.uid!)).toEqual([]);
    await world.cluster.boot(first.name);
    await volume.use(second.name);
    expect(await writer.check(second, volume.file)).toMatchObject({ bad: 0 });
    const next = await LabWriter.start(second, volume.file, {}, writer);
    await volume.whole();
    await next.stop();
    await expectKept(volume, next, second);
    await volume.remove(second.name);
  });
}

/** Until the node has begun to hold up whatever is sent to its volume; what waits below does not let that end. */
async function freezes(world: LabWorld, node: LabNode): Promise<void> {
  await world.eventually(`${node.name} to freeze its volume`, async () => {
    return (await node.exec(['pgrep', '-f', '^dmsetup suspend'])).code === 0;
  });
}
