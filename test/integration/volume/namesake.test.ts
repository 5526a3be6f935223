import { partitionUUID } from '../../../src/api/identity';
import { volumeDeviceUUID } from '../../../src/host/dm-names';
import { bringUp, readFile, takeAway, untilWhole, writeFile } from '../../support/cluster/caller-files';
import { useVirtualWorld } from '../../support/cluster/use-virtual-world';
import { Caller } from '../suite/csi';

const deadMs = 90_000;

describe('a volume that was deleted and made again under its name', () => {
  const user = useVirtualWorld();
  const { world } = user;

  const uidOf = async (volume: Caller) => (await volume.volume())!.metadata.uid!;
  const partitionsOf = (uid: string) =>
    world()
      .records.partitions()
      .filter(({ spec }) => spec.volumeUID === uid);

  it('shares nothing with a partition that its namesake left on a node that was away', async () => {
    const volume = new Caller(user());
    await volume.create();
    await bringUp(volume, 'node1');
    await untilWhole(world(), volume);
    await writeFile(world(), volume, 'node1', 'of the first');
    const first = await uidOf(volume);
    const away = partitionsOf(first).find(({ spec }) => spec.nodeName !== 'node1')!.spec;
    world().machine(away.nodeName).powerCut();
    world().cluster.node(away.nodeName).process.kill();
    await world().pass(deadMs);
    await takeAway(volume, 'node1');
    expect(partitionsOf(first).map(({ spec }) => spec.nodeName)).toEqual([away.nodeName]);

    expect(await volume.create()).toBe('OK');
    const second = await uidOf(volume);
    await bringUp(volume, 'node1');
    expect(await readFile(world(), volume, 'node1')).toBe('');
    await writeFile(world(), volume, 'node1', 'of the second');
    world().machine(away.nodeName).boot();
    await world().cluster.node(away.nodeName).process.start();
    await world().eventually('what the first left to be gone', async () => partitionsOf(first).length === 0);
    await untilWhole(world(), volume);
    expect(partitionsOf(second)).toHaveLength(2);
    const traces = await world().traces();
    expect(traces.filter((trace) => trace.includes(partitionUUID(first, away.slot)))).toEqual([]);
    expect(await readFile(world(), volume, 'node1')).toBe('of the second');
    await takeAway(volume, 'node1');
  });

  it('is not run by the node that still runs its namesake, which is frozen there until the node boots', async () => {
    const volume = new Caller(user());
    await volume.create();
    await bringUp(volume, 'node1');
    await untilWhole(world(), volume);
    await writeFile(world(), volume, 'node1', 'of the first');
    const first = await uidOf(volume);
    // The node is not heard of; its kernel, and what is mounted there, lives on.
    world().cluster.node('node1').process.kill();
    for (const other of ['node2', 'node3']) world().cluster.world.cutLink('node1', other);
    await world().pass(deadMs);
    expect([await volume.detach('node1'), await volume.delete(), await volume.create()]).toEqual(['OK', 'OK', 'OK']);
    const second = await uidOf(volume);
    await bringUp(volume, 'node2');
    await writeFile(world(), volume, 'node2', 'of the second');
    await untilWhole(world(), volume);

    for (const other of ['node2', 'node3']) world().cluster.world.healLink('node1', other);
    await world().cluster.node('node1').process.start();
    await world().pass(deadMs);
    expect((await world().arraysOf(second)).map(({ node }) => node)).toEqual(['node2']);
    const frozen = [...world().machine('node1').kernel.dm.list()].find(({ uuid }) => uuid === volumeDeviceUUID(first));
    expect(frozen?.suspended).toBe(true);
    world().machine('node1').powerCut();
    world().machine('node1').boot();
    await world().eventually('what the first left to be gone', async () => {
      const traces = await world().traces();
      return partitionsOf(first).length === 0 && !traces.some((trace) => trace.includes(first));
    });
    expect((await volume.volume())!.status!.owner).toMatchObject({ nodeName: 'node2' });
    expect(await readFile(world(), volume, 'node2')).toBe('of the second');
    await takeAway(volume, 'node2');
  });
});
