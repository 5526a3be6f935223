import type { Bench } from './suite';
import { block, stillWaiting } from './volume';
import type { DeviceHandle } from './world';

export function describeFencing(t: Bench): void {
  describe('an export that an array uses', () => {
    let device: DeviceHandle;

    beforeEach(async () => {
      await t.volume.mirror(t.a, t.b);
      device = await t.volume.open(t.a);
      await device.write(0, block('before'));
    });
    afterEach(() => device.close());

    const onProvider = (offset: number) => t.b.readPartition(t.volume.partition(1), t.volume.dataOffset + offset, 4096);

    it('holds the owner when it is fenced: nothing is acknowledged, nothing reaches the drive', async () => {
      expect(await t.b.agent.fenceExport({ nqn: t.volume.nqn(1) })).toMatchObject({ fenced: true });
      const write = device.write(4096, block('fenced'));
      await stillWaiting(t.world, write, 10_000);
      expect(await onProvider(4096)).toEqual(Buffer.alloc(4096));
      const { imports, array, members } = await t.volume.stack(t.a);
      expect(imports).toMatchObject([{ state: 'IMPORT_STATE_FENCED' }]);
      expect(array).toMatchObject({ degraded: 0 });
      expect(members).toMatchObject([{ slot: 0 }, { slot: 1, queueing: true }]);
      await t.b.agent.fenceExport({ nqn: t.volume.nqn(1) });
      await t.volume.export(t.b, 1, [t.a]);
      await t.world.eventually(async () => {
        expect((await t.volume.stack(t.a)).imports).toMatchObject([{ state: 'IMPORT_STATE_LIVE' }]);
      });
      await t.a.agent.applyMember(t.volume.remoteMember(1));
      await write;
      expect(await onProvider(4096)).toEqual(block('fenced'));
      expect(await t.volume.runningArray(t.a)).toMatchObject({ degraded: 0, syncAction: 'SYNC_ACTION_IDLE' });
    });

    it('holds the owner when it is removed, and what comes later does not reach the drive', async () => {
      await t.b.agent.removeExport({ nqn: t.volume.nqn(1) });
      const write = device.write(4096, block('late'));
      await stillWaiting(t.world, write, 10_000);
      expect(await onProvider(4096)).toEqual(Buffer.alloc(4096));
      expect(await t.volume.runningArray(t.a)).toMatchObject({ degraded: 0 });
      const { imports } = await t.volume.stack(t.a);
      expect(imports.filter(({ state }) => state === 'IMPORT_STATE_LIVE')).toEqual([]);
      await t.a.agent.setMemberPolicy({ volume: t.volume.ref, slot: 1, queueing: false });
      await write;
      expect(await onProvider(4096)).toEqual(Buffer.alloc(4096));
    });

    it('is free for the next owner once it is removed', async () => {
      await t.b.agent.removeExport({ nqn: t.volume.nqn(1) });
      await t.volume.export(t.b, 1, [t.c], 2);
      await t.volume.connect(t.c, t.b, 1, 2);
      t.volume.epoch = 2;
      const member = await t.c.agent.applyMember(t.volume.remoteMember(1, 2));
      expect(member.superblock).toMatchObject({ arrayUuid: t.volume.array });
      const write = device.write(0, block('too late'));
      await stillWaiting(t.world, write, 3_000);
      const members = [{ slot: 1, memberUuid: member.superblock!.memberUuid }];
      await t.c.agent.assembleArray({ ...t.volume.arrayRequest, members, allowDegraded: true });
      await t.c.agent.applyVolumeDevice(t.volume.arrayRequest);
      const next = await t.volume.open(t.c);
      expect(await next.read(0, 4096)).toEqual(block('before'));
      await next.close();
      await t.a.agent.setMemberPolicy({ volume: t.volume.ref, slot: 1, queueing: false });
      await write;
    });
  });
}
