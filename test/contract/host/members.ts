import type { Bench } from './suite';
import { expectHostError, smallPartition } from './volume';

export function describeMembers(t: Bench): void {
  describe('a member map', () => {
    it('is made over a partition of this node', async () => {
      await t.volume.createPartition(t.a, 0);
      const member = await t.a.agent.applyMember(t.volume.localMember(0));
      expect(member).toMatchObject({
        slot: 0,
        partitionUuid: t.volume.partition(0),
        path: { partitionUuid: t.volume.partition(0) },
        queueing: true,
        sizeBytes: smallPartition,
        epoch: 1,
      });
      expect(member.path!.nqn).toBeUndefined();
      expect(member.superblock).toBeUndefined();
      const { heldByVolumeUid } = await t.a.agent.getPartition({ uuid: t.volume.partition(0) });
      expect(heldByVolumeUid).toBe(t.volume.uid);
    });

    it('is made over an imported partition', async () => {
      const member = await t.volume.remoteSlot(t.a, t.b, 1);
      expect(member).toMatchObject({
        slot: 1,
        partitionUuid: t.volume.partition(1),
        path: {
          partitionUuid: t.volume.partition(1),
          nqn: t.volume.nqn(1),
          namespaceUuid: t.volume.namespace(1),
        },
        queueing: true,
        sizeBytes: smallPartition,
      });
    });

    it('is made once: the same request again changes nothing', async () => {
      await t.volume.createPartition(t.a, 0);
      const member = await t.a.agent.applyMember(t.volume.localMember(0));
      expect(await t.a.agent.applyMember(t.volume.localMember(0))).toEqual(member);
      expect((await t.volume.stack(t.a)).members).toEqual([member]);
    });

    it('keeps its partition and its epoch for life', async () => {
      await t.volume.createPartition(t.a, 0);
      await t.volume.createPartition(t.a, 1);
      const member = await t.a.agent.applyMember(t.volume.localMember(0));
      const another = { ...t.volume.localMember(0), source: { partitionUuid: t.volume.partition(1) } };
      await expectHostError(t.a.agent.applyMember(another), 'Invalid');
      await expectHostError(t.a.agent.applyMember({ ...t.volume.localMember(0), epoch: 2 }), 'Invalid');
      expect((await t.volume.stack(t.a)).members).toEqual([member]);
    });

    it('is not made over a partition that is exported from here', async () => {
      await t.volume.createPartition(t.a, 0);
      await t.volume.export(t.a, 0, [t.b]);
      await expectHostError(t.a.agent.applyMember(t.volume.localMember(0)), 'Busy');
      expect((await t.volume.stack(t.a)).members).toEqual([]);
    });

    it('is not made over a partition that another volume holds', async () => {
      await t.volume.createPartition(t.a, 0);
      await t.a.agent.applyMember(t.volume.localMember(0));
      const thief = t.anotherVolume();
      await expectHostError(t.a.agent.applyMember({ ...t.volume.localMember(0), volume: thief.ref }), 'Busy');
      expect((await thief.stack(t.a)).members).toEqual([]);
    });

    it('needs a partition or an import that is there', async () => {
      await expectHostError(t.a.agent.applyMember(t.volume.localMember(0)), 'NotFound');
      await expectHostError(t.a.agent.applyMember(t.volume.remoteMember(1)), 'NotFound');
    });

    it('is not loaded over an import that is not live', async () => {
      await t.volume.createPartition(t.b, 1);
      await t.volume.export(t.b, 1, [t.a]);
      await t.volume.connect(t.a, t.b, 1);
      await t.world.cutLink(t.a, t.b);
      await t.world.eventually(async () => {
        expect((await t.volume.stack(t.a)).imports).toMatchObject([{ state: 'IMPORT_STATE_CONNECTING' }]);
      });
      await expectHostError(t.a.agent.applyMember(t.volume.remoteMember(1)), 'Unreachable');
      expect((await t.volume.stack(t.a)).members).toEqual([]);
    });

    it('takes an NQN only of its own volume, partition and epoch', async () => {
      await t.volume.remoteSlot(t.a, t.b, 1);
      const thief = t.anotherVolume();
      const member = t.volume.remoteMember(1);
      await expectHostError(t.a.agent.applyMember({ ...member, volume: thief.ref }), 'Invalid');
      const otherPartition = { ...member.source, partitionUuid: t.volume.partition(2) };
      await expectHostError(t.a.agent.applyMember({ ...member, slot: 2, source: otherPartition }), 'Invalid');
      await expectHostError(t.a.agent.applyMember({ ...member, slot: 2, epoch: 2 }), 'Invalid');
    });

    it('holds or fails I/O without a path as it is told, and queues again with a new path', async () => {
      await t.volume.createPartition(t.a, 0);
      await t.a.agent.applyMember(t.volume.localMember(0));
      const policy = { volume: t.volume.ref, slot: 0 };
      expect(await t.a.agent.setMemberPolicy({ ...policy, queueing: false })).toMatchObject({ queueing: false });
      expect(await t.a.agent.setMemberPolicy({ ...policy, queueing: false })).toMatchObject({ queueing: false });
      expect((await t.volume.stack(t.a)).members).toMatchObject([{ queueing: false }]);
      expect(await t.a.agent.setMemberPolicy({ ...policy, queueing: true })).toMatchObject({ queueing: true });
      await t.a.agent.setMemberPolicy({ ...policy, queueing: false });
      expect(await t.a.agent.applyMember(t.volume.localMember(0))).toMatchObject({ queueing: true });
    });

    it('that does not exist takes no policy', async () => {
      const policy = { volume: t.volume.ref, slot: 0, queueing: true };
      await expectHostError(t.a.agent.setMemberPolicy(policy), 'NotFound');
    });

    it('that is removed is gone, and removing it again succeeds', async () => {
      await t.volume.createPartition(t.a, 0);
      await t.a.agent.applyMember(t.volume.localMember(0));
      await t.a.agent.removeMember({ volume: t.volume.ref, slot: 0 });
      await t.a.agent.removeMember({ volume: t.volume.ref, slot: 0 });
      expect((await t.volume.stack(t.a)).members).toEqual([]);
      expect((await t.a.agent.getPartition({ uuid: t.volume.partition(0) })).heldByVolumeUid).toBe('');
    });

    it('is not removed while an array uses it', async () => {
      await t.volume.single(t.a);
      await expectHostError(t.a.agent.removeMember({ volume: t.volume.ref, slot: 0 }), 'Busy');
      expect(await t.volume.runningArray(t.a)).toMatchObject({ degraded: 1 });
    });

    it('shows the superblock that it carries', async () => {
      await t.volume.single(t.a);
      await t.volume.takeDown(t.a);
      const member = await t.a.agent.applyMember(t.volume.localMember(0));
      expect(member.superblock).toMatchObject({ arrayUuid: t.volume.array });
      expect(member.superblock!.memberUuid).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    });
  });
}
