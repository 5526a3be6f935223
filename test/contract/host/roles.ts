import { AddMode, ArrayLevel } from '../../../src/host/gen/host';
import type { Bench } from './suite';
import { block, expectHostError, formattablePartition, MiB } from './volume';

export function describeRoles(t: Bench): void {
  const drop = (slot: number) => t.a.agent.dropArrayMember({ ...t.volume.arrayRequest, slot });
  const resize = (raidDevices: number) => t.a.agent.setArrayDevices({ ...t.volume.arrayRequest, raidDevices });
  const slow = () =>
    t.a.agent.setSyncLimits({ ...t.volume.arrayRequest, minKibPerSecond: 100, maxKibPerSecond: 1_000 });
  const add = async (slot: number) => {
    await t.volume.localSlot(t.a, slot);
    await t.a.agent.addArrayMember(t.volume.addRequest(slot));
  };

  describe('a member that is dropped', () => {
    it('is out whatever it was, as long as others in sync have its data', async () => {
      await t.volume.localMirror(t.a);
      const { members, degraded } = await drop(0);
      expect([degraded, members.map(({ slot }) => slot)]).toEqual([1, [1]]);
      expect((await drop(0)).members).toHaveLength(1);
      await expectHostError(drop(1), 'Invalid');
      const device = await t.volume.open(t.a);
      await device.write(0, block('still taken'));
      expect(await device.read(0, 4096)).toEqual(block('still taken'));
      await device.close();
    });

    it('may be one that is being synchronised, but not the one that it is copied from', async () => {
      await t.volume.localSlot(t.a, 0);
      await t.a.agent.createArray(t.volume.createRequest([0, -1]));
      await slow();
      await add(1);
      await t.world.eventually(async () => {
        expect(await t.volume.runningArray(t.a)).toMatchObject({ syncAction: 'SYNC_ACTION_RECOVER' });
      });
      await expectHostError(drop(0), 'Invalid');
      const { members } = await drop(1);
      expect(members).toMatchObject([{ slot: 0, state: 'ARRAY_MEMBER_STATE_IN_SYNC' }]);
    });

    it('leaves a member in every set of mirrors', async () => {
      for (const slot of [0, 1]) await t.volume.localSlot(t.a, slot);
      const request = { ...t.volume.createRequest([0, -1, 1, -1]), level: ArrayLevel.RAID10, near: 2 };
      await t.a.agent.createArray(request);
      for (const slot of [0, 1]) await expectHostError(drop(slot), 'Invalid');
      expect((await t.volume.runningArray(t.a)).members).toHaveLength(2);
    });

    it('comes back by the bitmap, which copies what was written meanwhile and nothing else', async () => {
      const sizeBytes = formattablePartition;
      await t.volume.localMirror(t.a, { sizeBytes });
      await t.a.agent.removeVolumeDevice({ volume: t.volume.ref });
      const members = [];
      for (const slot of [0, 1]) members.push({ slot, memberUuid: await t.volume.memberUUID(t.a, slot) });
      // The bitmap is clear after a stop.
      await t.a.agent.stopArray(t.volume.arrayRequest);
      await t.a.agent.assembleArray({ ...t.volume.arrayRequest, members, allowDegraded: false });
      await t.a.agent.applyVolumeDevice(t.volume.arrayRequest);
      await drop(1);
      const device = await t.volume.open(t.a);
      await device.write(MiB, block('meanwhile'));
      const on = (offset: number) => t.a.readPartition(t.volume.partition(1), t.volume.dataOffset + offset, 4096);
      // Somebody's scribble shows what is not copied.
      await t.a.agent.removeMember({ volume: t.volume.ref, slot: 1 });
      await t.a.writePartition(t.volume.partition(1), t.volume.dataOffset + 200 * MiB, block('scribble'));
      await t.a.agent.applyMember(t.volume.localMember(1));
      await t.a.agent.addArrayMember(t.volume.addRequest(1, AddMode.RE_ADD));
      await t.volume.inSync(t.a);
      expect(await on(MiB)).toEqual(block('meanwhile'));
      expect(await on(200 * MiB)).toEqual(block('scribble'));
      await device.close();
    });
  });

  describe('the number of roles', () => {
    it('grows, a spare takes the new one, and shrinks when a member has left', async () => {
      await t.volume.localMirror(t.a);
      await add(2);
      await resize(3);
      await resize(3);
      const grown = await t.volume.inSync(t.a);
      expect(grown).toMatchObject({ raidDevices: 3, degraded: 0 });
      expect(grown.members.map(({ slot, role }) => [slot, role])).toEqual([
        [0, 0],
        [1, 1],
        [2, 2],
      ]);
      await expectHostError(resize(2), 'Invalid');
      const device = await t.volume.open(t.a);
      await device.write(0, block('on all three'));
      await drop(0);
      expect(await resize(2)).toMatchObject({ raidDevices: 2, degraded: 0 });
      for (const slot of [1, 2]) {
        expect(await t.a.readPartition(t.volume.partition(slot), t.volume.dataOffset, 4096)).toEqual(
          block('on all three'),
        );
      }
      await device.close();
    });

    it('may be one more than there are members', async () => {
      await t.volume.localMirror(t.a);
      expect(await resize(3)).toMatchObject({ raidDevices: 3, degraded: 1 });
      expect(await resize(2)).toMatchObject({ raidDevices: 2, degraded: 0 });
    });

    it('stays what it was after the array was stopped and assembled', async () => {
      await t.volume.localMirror(t.a);
      await resize(3);
      const members = [];
      for (const slot of [0, 1]) members.push({ slot, memberUuid: await t.volume.memberUUID(t.a, slot) });
      await t.a.agent.removeVolumeDevice({ volume: t.volume.ref });
      await t.a.agent.stopArray(t.volume.arrayRequest);
      const array = await t.a.agent.assembleArray({ ...t.volume.arrayRequest, members, allowDegraded: false });
      expect(array).toMatchObject({ raidDevices: 3, degraded: 1 });
    });

    it('is not changed while anything is synchronised', async () => {
      await t.volume.localMirror(t.a);
      await add(2);
      await slow();
      await t.a.agent.replaceArrayMember({ ...t.volume.arrayRequest, slot: 1, withSlot: 2 });
      await expectHostError(resize(3), 'Busy');
      expect(await t.volume.runningArray(t.a)).toMatchObject({ raidDevices: 2 });
    });

    it.each([1, 0, -1, 257])('is never %d', async (raidDevices) => {
      await t.volume.localMirror(t.a);
      await expectHostError(resize(raidDevices), 'Invalid');
    });

    it('of a RAID10 is part of its layout', async () => {
      for (const slot of [0, 1]) await t.volume.localSlot(t.a, slot);
      await t.a.agent.createArray({ ...t.volume.createRequest([0, -1, 1, -1]), level: ArrayLevel.RAID10, near: 2 });
      await expectHostError(resize(6), 'Invalid');
    });

    it('once changed, lets nobody back by the bitmap who left before', async () => {
      await t.volume.localMirror(t.a);
      await drop(1);
      await resize(3);
      await expectHostError(t.a.agent.addArrayMember(t.volume.addRequest(1, AddMode.RE_ADD)), 'Invalid');
      expect((await t.volume.runningArray(t.a)).members).toHaveLength(1);
    });

    it('needs a vacant one for a return by the bitmap', async () => {
      await t.volume.localMirror(t.a);
      await drop(1);
      await add(2);
      await t.volume.inSync(t.a);
      await expectHostError(t.a.agent.addArrayMember(t.volume.addRequest(1, AddMode.RE_ADD)), 'Invalid');
      expect((await t.volume.runningArray(t.a)).members.map(({ slot }) => slot)).toEqual([0, 2]);
    });
  });
}
