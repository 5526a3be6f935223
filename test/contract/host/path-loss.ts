import type { Bench } from './suite';
import { block, expectHostError, MiB, stillWaiting } from './volume';
import type { DeviceHandle } from './world';

export function describePathLoss(t: Bench): void {
  describe('when the way to a member is lost', () => {
    let device: DeviceHandle;
    let write: Promise<void>;

    const lost = () =>
      t.world.eventually(async () => {
        const { members } = await t.volume.stack(t.a);
        expect(members).toMatchObject([{ slot: 0, path: {} }, { slot: 1 }]);
        expect(members[1]!.path).toBeUndefined();
      });
    const onProvider = (offset: number) => t.b.readPartition(t.volume.partition(1), t.volume.dataOffset + offset, 4096);

    beforeEach(async () => {
      await t.volume.mirror(t.a, t.b);
      device = await t.volume.open(t.a);
      await device.write(0, block('before'));
      await t.world.cutLink(t.a, t.b);
      write = device.write(MiB, block('waiting'));
      await lost();
    });
    afterEach(() => device.close());

    it('a write waits, and md still counts the member', async () => {
      await stillWaiting(t.world, write, 20_000);
      expect(await t.volume.runningArray(t.a)).toMatchObject({
        degraded: 0,
        members: [{ state: 'ARRAY_MEMBER_STATE_IN_SYNC' }, { state: 'ARRAY_MEMBER_STATE_IN_SYNC' }],
      });
      await t.a.agent.setMemberPolicy({ volume: t.volume.ref, slot: 1, queueing: false });
      await write;
    });

    it('letting it fail lets md go on without the member', async () => {
      await t.a.agent.setMemberPolicy({ volume: t.volume.ref, slot: 1, queueing: false });
      await write;
      expect(await t.volume.runningArray(t.a)).toMatchObject({
        degraded: 1,
        members: [{ state: 'ARRAY_MEMBER_STATE_IN_SYNC' }, { state: 'ARRAY_MEMBER_STATE_FAULTY' }],
      });
      await device.write(2 * MiB, block('alone'));
      expect(await device.read(2 * MiB, 4096)).toEqual(block('alone'));
      expect(await onProvider(MiB)).toEqual(Buffer.alloc(4096));
    });

    it('a path that returns is loaded under the same map: nothing was lost, nothing is synchronised', async () => {
      await t.world.healLink(t.a, t.b);
      await t.world.eventually(async () => {
        expect((await t.volume.stack(t.a)).imports).toMatchObject([{ state: 'IMPORT_STATE_LIVE' }]);
      });
      const member = await t.a.agent.applyMember(t.volume.remoteMember(1));
      expect(member).toMatchObject({ queueing: true, path: { nqn: t.volume.nqn(1) } });
      await write;
      expect(await t.volume.runningArray(t.a)).toMatchObject({ degraded: 0, syncAction: 'SYNC_ACTION_IDLE' });
      expect(await onProvider(0)).toEqual(block('before'));
      expect(await onProvider(MiB)).toEqual(block('waiting'));
    });

    it('so is a path under another device number', async () => {
      await t.a.agent.disconnect({ nqn: t.volume.nqn(1) });
      await t.world.healLink(t.a, t.b);
      await t.volume.connect(t.a, t.b, 1);
      await stillWaiting(t.world, write, 3_000);
      await t.a.agent.applyMember(t.volume.remoteMember(1));
      await write;
      expect(await t.volume.runningArray(t.a)).toMatchObject({ degraded: 0, syncAction: 'SYNC_ACTION_IDLE' });
      expect(await onProvider(MiB)).toEqual(block('waiting'));
    });

    it('reads are answered by the other member', async () => {
      expect(await device.read(0, 4096)).toEqual(block('before'));
      await t.a.agent.setMemberPolicy({ volume: t.volume.ref, slot: 1, queueing: false });
      await write;
    });

    it('a partition that was made anew is not taken for the member', async () => {
      await t.b.agent.removeExport({ nqn: t.volume.nqn(1) });
      await t.b.agent.deletePartition({ uuid: t.volume.partition(1) });
      await t.volume.createPartition(t.b, 1);
      await t.volume.export(t.b, 1, [t.a]);
      await t.world.healLink(t.a, t.b);
      await t.a.agent.disconnect({ nqn: t.volume.nqn(1) });
      await t.volume.connect(t.a, t.b, 1);
      await expectHostError(t.a.agent.applyMember(t.volume.remoteMember(1)), 'Invalid');
      await stillWaiting(t.world, write, 3_000);
      await t.a.agent.setMemberPolicy({ volume: t.volume.ref, slot: 1, queueing: false });
      await write;
      expect(await device.read(MiB, 4096)).toEqual(block('waiting'));
    });

    it('the stack can still be looked at, and the array is not stopped under its write', async () => {
      const { array } = await t.a.agent.getStack({ volumeUid: t.volume.uid }, { deadlineMs: 5_000 });
      expect(array).toMatchObject({ uuid: t.volume.array });
      await expect(t.a.agent.stopArray(t.volume.arrayRequest, { deadlineMs: 3_000 })).rejects.toMatchObject({
        kind: 'Busy',
      });
      await t.a.agent.setMemberPolicy({ volume: t.volume.ref, slot: 1, queueing: false });
      await write;
    });
  });
}
