import type { Bench } from './suite';

export function describeStacks(t: Bench): void {
  describe('the stack of a volume', () => {
    it('is empty where nothing of it is', async () => {
      expect(await t.volume.stack(t.a)).toEqual({
        imports: [],
        members: [],
        array: undefined,
        device: undefined,
        mountPaths: [],
      });
      expect((await t.a.agent.listStacks({})).volumes.map(({ uid }) => uid)).not.toContain(t.volume.uid);
    });

    it('shows everything of the volume, and nothing of another one', async () => {
      const other = t.anotherVolume();
      await t.volume.mirror(t.a, t.b);
      await other.createPartition(t.a, 0);
      await t.a.agent.applyMember(other.localMember(0));
      const stack = await t.volume.stack(t.a);
      expect(stack.imports).toMatchObject([{ nqn: t.volume.nqn(1), state: 'IMPORT_STATE_LIVE' }]);
      expect(stack.members).toMatchObject([
        { slot: 0, partitionUuid: t.volume.partition(0), superblock: { arrayUuid: t.volume.array } },
        { slot: 1, partitionUuid: t.volume.partition(1), superblock: { arrayUuid: t.volume.array } },
      ]);
      expect(stack.array).toMatchObject({ uuid: t.volume.array, degraded: 0 });
      expect(stack.device).toMatchObject({ path: `/dev/mapper/meshstor-${t.volume.name}`, suspended: false });
      expect(await other.stack(t.a)).toMatchObject({ members: [{ slot: 0 }], array: undefined, imports: [] });
      const { volumes } = await t.a.agent.listStacks({});
      expect(volumes).toEqual(expect.arrayContaining([t.volume.ref, other.ref]));
    });

    it('is gone when it was taken down', async () => {
      await t.volume.mirror(t.a, t.b);
      await t.volume.takeDown(t.a);
      expect(await t.volume.stack(t.a)).toMatchObject({ imports: [], members: [], array: undefined });
      expect((await t.a.agent.listStacks({})).volumes.map(({ uid }) => uid)).not.toContain(t.volume.uid);
    });
  });
}
