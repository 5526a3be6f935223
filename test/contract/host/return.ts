import { AddMode } from '../../../src/host/gen/host';
import type { Bench } from './suite';
import { block, expectHostError, MiB } from './volume';
import type { DeviceHandle } from './world';

export function describeReturn(t: Bench): void {
  describe('a member that md dropped', () => {
    let device: DeviceHandle;

    const dropped = async () =>
      t.world.eventually(async () => {
        const { members } = await t.volume.runningArray(t.a);
        expect(members).toMatchObject([
          { slot: 0, state: 'ARRAY_MEMBER_STATE_IN_SYNC' },
          { slot: 1, role: -1, state: 'ARRAY_MEMBER_STATE_FAULTY' },
        ]);
      });
    const remove = () => t.a.agent.removeArrayMember({ ...t.volume.arrayRequest, slot: 1 });
    const reconnect = async () => {
      await t.world.healLink(t.a, t.b);
      await t.a.agent.disconnect({ nqn: t.volume.nqn(1) });
      await t.volume.connect(t.a, t.b, 1);
      await t.a.agent.applyMember(t.volume.remoteMember(1));
    };

    beforeEach(async () => {
      await t.volume.mirror(t.a, t.b);
      device = await t.volume.open(t.a);
      await device.write(0, block('both'));
      await t.world.cutLink(t.a, t.b);
      const write = device.write(MiB, block('one'));
      await t.a.agent.setMemberPolicy({ volume: t.volume.ref, slot: 1, queueing: false });
      await t.world.eventually(() => write);
      await dropped();
    });
    afterEach(() => device.close());

    const bothHold = async () => {
      for (const [node, slot] of [
        [t.a, 0],
        [t.b, 1],
      ] as const) {
        const read = (offset: number) =>
          node.readPartition(t.volume.partition(slot), t.volume.dataOffset + offset, 4096);
        expect(await read(0)).toEqual(block('both'));
        expect(await read(MiB)).toEqual(block('one'));
      }
    };

    it('is taken out, and taking it out again succeeds', async () => {
      const { members } = await remove();
      expect(members.map(({ slot }) => slot)).toEqual([0]);
      await remove();
      await t.a.agent.removeMember({ volume: t.volume.ref, slot: 1 });
    });

    it('is held until it is taken out', async () => {
      await reconnect();
      await expectHostError(t.a.agent.addArrayMember(t.volume.addRequest(1)), 'Busy');
      await expectHostError(t.a.agent.removeMember({ volume: t.volume.ref, slot: 1 }), 'Busy');
    });

    it('comes back by the bitmap, as the member that it was', async () => {
      const { memberUuid } = (await t.volume.runningArray(t.a)).members[1]!;
      await remove();
      await reconnect();
      await t.a.agent.addArrayMember(t.volume.addRequest(1, AddMode.RE_ADD));
      const { members } = await t.volume.inSync(t.a);
      expect(members).toMatchObject([{ slot: 0 }, { slot: 1, memberUuid, role: 1 }]);
      await bothHold();
    });

    it('comes back with a full synchronisation, as somebody else', async () => {
      const { memberUuid } = (await t.volume.runningArray(t.a)).members[1]!;
      await remove();
      await reconnect();
      await t.a.agent.addArrayMember(t.volume.addRequest(1, AddMode.FULL));
      const { members } = await t.volume.inSync(t.a);
      expect(members[1]!.memberUuid).not.toBe(memberUuid);
      await bothHold();
    });

    it('cannot come back by the bitmap without its superblock', async () => {
      await remove();
      await t.a.agent.removeMember({ volume: t.volume.ref, slot: 1 });
      await t.volume.createPartition(t.a, 2);
      await t.a.agent.applyMember(t.volume.localMember(2));
      await expectHostError(t.a.agent.addArrayMember(t.volume.addRequest(2, AddMode.RE_ADD)), 'Invalid');
      expect((await t.volume.runningArray(t.a)).members).toHaveLength(1);
    });

    it('cannot come back by the bitmap once another one has its role', async () => {
      await remove();
      await t.volume.createPartition(t.a, 2);
      await t.a.agent.applyMember(t.volume.localMember(2));
      await t.a.agent.addArrayMember(t.volume.addRequest(2));
      await t.volume.inSync(t.a);
      await device.write(2 * MiB, block('later'));
      await reconnect();
      await expectHostError(t.a.agent.addArrayMember(t.volume.addRequest(1, AddMode.RE_ADD)), 'Invalid');
      const { members } = await t.volume.runningArray(t.a);
      expect(members.map(({ slot }) => slot)).toEqual([0, 2]);
    });

    it('without a path cannot be added', async () => {
      await remove();
      await expectHostError(t.a.agent.addArrayMember(t.volume.addRequest(1)), 'Unreachable');
    });
  });
}
