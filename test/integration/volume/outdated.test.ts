import type { MeshStorPartition } from '../../../src/api/model';
import { bringUp, readFile, takeAway, untilWhole, writeFile } from '../../support/cluster/caller-files';
import { useVirtualWorld } from '../../support/cluster/use-virtual-world';
import { Caller } from '../suite/csi';

/** Afterwards one member may count the other as failed, although both are recorded in sync. */
describe('a volume whose array went down before what it did to a member was on record', () => {
  const user = useVirtualWorld();
  const { world } = user;

  const inUse = async (): Promise<Caller> => {
    const volume = new Caller(user());
    await volume.create();
    await bringUp(volume, 'node1');
    await untilWhole(world(), volume);
    await writeFile(world(), volume, 'node1', 'before');
    return volume;
  };
  const recorded = async (volume: Caller) => (await volume.volume())!.status!.inSync!.map(({ slot }) => slot);
  /** The copy that is not node1's. */
  const remoteOf = async (volume: Caller): Promise<MeshStorPartition> => {
    const partitions = await user().partitionsOf((await volume.volume())!);
    return partitions.find(({ spec }) => spec.nodeName !== 'node1')!;
  };

  it.each(['removeVolumeDevice', 'stopArray'] as const)(
    'because its provider was cut off at %s, is started again and whole',
    async (verb) => {
      const volume = await inUse();
      const network = world().cluster.world;
      const { nodeName } = (await remoteOf(volume)).spec;
      world().oracles.interceptors.add(async (call, proceed) => {
        if (call.node === 'node1' && call.verb === verb) network.cutLink('node1', nodeName);
        return proceed();
      });
      await writeFile(world(), volume, 'node1', 'acknowledged');
      expect(await volume.unpublish('node1', 'a')).toBe('OK');
      await volume.unstage('node1');
      await world().pass(120_000);
      expect([await volume.unstage('node1'), await volume.detach('node1')]).toEqual(['OK', 'OK']);
      expect(await recorded(volume)).toEqual([0, 1]);

      network.healLink('node1', nodeName);
      await bringUp(volume, 'node3');
      expect(await readFile(world(), volume, 'node3')).toBe('acknowledged');
      await untilWhole(world(), volume);
      await takeAway(volume, 'node3');
    },
  );
});
