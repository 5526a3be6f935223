import { memberDataOffsetBytes } from '../../../src/api/layout';
import { AddMode, ArrayLevel } from '../../../src/host/gen/host';
import type { Bench } from './suite';
import { block, expectHostError, MiB, smallPartition } from './volume';

const usable = smallPartition - memberDataOffsetBytes;

export function describeArrays(t: Bench): void {
  const localMembers = async (count: number, sizeBytes = smallPartition) => {
    for (let slot = 0; slot < count; slot++) {
      await t.volume.createPartition(t.a, slot, { sizeBytes });
      await t.a.agent.applyMember(t.volume.localMember(slot));
    }
  };

  describe('creating an array', () => {
    it('of one copy leaves the second role missing', async () => {
      await localMembers(1);
      const array = await t.a.agent.createArray(t.volume.createRequest([0, -1]));
      expect(array).toMatchObject({
        uuid: t.volume.array,
        level: 'ARRAY_LEVEL_RAID1',
        raidDevices: 2,
        sizeBytes: usable,
        syncAction: 'SYNC_ACTION_IDLE',
        degraded: 1,
        readOnly: false,
      });
      expect(array.members).toMatchObject([{ slot: 0, role: 0, state: 'ARRAY_MEMBER_STATE_IN_SYNC' }]);
      const { members } = await t.volume.stack(t.a);
      expect(members[0]!.superblock).toMatchObject({
        arrayUuid: t.volume.array,
        memberUuid: array.members[0]!.memberUuid,
      });
    });

    it('of RAID10 stripes over mirror pairs', async () => {
      await localMembers(2);
      const request = { ...t.volume.createRequest([0, -1, 1, -1]), level: ArrayLevel.RAID10, near: 2 };
      const array = await t.a.agent.createArray(request);
      expect(array).toMatchObject({ level: 'ARRAY_LEVEL_RAID10', raidDevices: 4, degraded: 2, sizeBytes: 2 * usable });
      await t.a.agent.applyVolumeDevice(t.volume.arrayRequest);
      const device = await t.volume.open(t.a);
      await device.write(0, block('first chunk'));
      await device.write(64 * 1024, block('second chunk'));
      expect(await device.read(0, 4096)).toEqual(block('first chunk'));
      await device.close();
      const offset = t.volume.dataOffset;
      expect(await t.a.readPartition(t.volume.partition(0), offset, 4096)).toEqual(block('first chunk'));
      expect(await t.a.readPartition(t.volume.partition(1), offset, 4096)).toEqual(block('second chunk'));
    });

    it('happens once: the same request again gives the running array', async () => {
      await localMembers(1);
      const array = await t.a.agent.createArray(t.volume.createRequest());
      const again = await t.a.agent.createArray(t.volume.createRequest());
      expect(again.members).toEqual(array.members);
    });

    it('does not change the shape of the running one', async () => {
      await localMembers(2);
      await t.a.agent.createArray(t.volume.createRequest([0, -1]));
      await expectHostError(t.a.agent.createArray(t.volume.createRequest([0, 1, -1])), 'Invalid');
      expect(await t.volume.runningArray(t.a)).toMatchObject({ raidDevices: 2 });
    });

    it('replaces what a creation left that nobody was ever told of', async () => {
      await t.volume.single(t.a);
      const before = await t.volume.memberUUID(t.a, 0);
      await t.volume.takeDown(t.a);
      await t.a.agent.applyMember(t.volume.localMember(0));
      const array = await t.a.agent.createArray(t.volume.createRequest());
      expect(array.members).toMatchObject([{ slot: 0, state: 'ARRAY_MEMBER_STATE_IN_SYNC' }]);
      expect(array.members[0]!.memberUuid).not.toBe(before);
    });

    it('is refused on a member of this array that somebody wrote to', async () => {
      await t.volume.single(t.a);
      const memberUuid = await t.volume.memberUUID(t.a, 0);
      await t.a.agent.applyVolumeDevice(t.volume.arrayRequest);
      const device = await t.volume.open(t.a);
      await device.write(4 * MiB, block('precious'));
      await device.close();
      await t.volume.takeDown(t.a);
      await t.a.agent.applyMember(t.volume.localMember(0));
      await expectHostError(t.a.agent.createArray(t.volume.createRequest()), 'Foreign');
      const members = [{ slot: 0, memberUuid }];
      await t.a.agent.assembleArray({ ...t.volume.arrayRequest, members, allowDegraded: false });
    });

    it('is refused on a member of another array', async () => {
      await t.volume.single(t.a);
      await t.volume.takeDown(t.a);
      await t.a.agent.applyMember(t.volume.localMember(0));
      const other = { ...t.volume.createRequest(), arrayUuid: 'dddddddd-dddd-5ddd-8ddd-dddddddddddd' };
      await expectHostError(t.a.agent.createArray(other), 'Foreign');
    });

    it('needs a member map in every slot it names', async () => {
      await localMembers(1);
      await expectHostError(t.a.agent.createArray(t.volume.createRequest([0, 5])), 'NotFound');
      expect((await t.volume.stack(t.a)).array).toBeUndefined();
    });

    it.each([
      ['no level', { level: ArrayLevel.UNSPECIFIED }],
      ['no member at all', { slots: [-1, -1] }],
      ['fewer slots than devices', { slots: [0] }],
      ['a slot twice', { slots: [0, 0] }],
      ['a mirror pair without a member', { level: ArrayLevel.RAID10, near: 2, raidDevices: 4, slots: [0, 1, -1, -1] }],
      [
        'copies that do not divide the devices',
        { level: ArrayLevel.RAID10, near: 2, raidDevices: 3, slots: [0, -1, 1] },
      ],
      ['a write-mostly slot that is not one of its own', { writeMostlySlots: [1] }],
    ])('is refused with %s', async (_what, change) => {
      await localMembers(2);
      await expectHostError(t.a.agent.createArray({ ...t.volume.createRequest([0, -1]), ...change }), 'Invalid');
      const { members, array } = await t.volume.stack(t.a);
      expect(array).toBeUndefined();
      expect(members.map(({ superblock }) => superblock)).toEqual([undefined, undefined]);
    });
  });

  describe('a member added to an array', () => {
    it('is synchronised in whole, and then holds the same bytes', async () => {
      await t.volume.single(t.a);
      const device = await t.volume.open(t.a);
      await device.write(0, block('first'));
      await device.write(usable - 4096, block('last'));
      await t.volume.remoteSlot(t.a, t.b, 1);
      const array = await t.a.agent.addArrayMember(t.volume.addRequest(1));
      expect(array.members).toMatchObject([
        { slot: 0, role: 0, state: 'ARRAY_MEMBER_STATE_IN_SYNC' },
        { slot: 1, role: 1 },
      ]);
      await device.write(MiB, block('meanwhile'));
      const synced = await t.volume.inSync(t.a);
      expect(synced.members.map(({ state }) => state)).toEqual(Array(2).fill('ARRAY_MEMBER_STATE_IN_SYNC'));
      const onProvider = (offset: number) =>
        t.b.readPartition(t.volume.partition(1), t.volume.dataOffset + offset, 4096);
      expect(await onProvider(0)).toEqual(block('first'));
      expect(await onProvider(MiB)).toEqual(block('meanwhile'));
      expect(await onProvider(usable - 4096)).toEqual(block('last'));
      await device.close();
    });

    it('shows how far it is, and is not in sync before', async () => {
      await t.volume.single(t.a);
      await t.volume.createPartition(t.a, 1);
      await t.a.agent.applyMember(t.volume.localMember(1));
      await t.a.agent.setSyncLimits({ ...t.volume.arrayRequest, minKibPerSecond: 100, maxKibPerSecond: 2_000 });
      await t.a.agent.addArrayMember(t.volume.addRequest(1));
      await t.world.eventually(async () => {
        const array = await t.volume.runningArray(t.a);
        expect(array).toMatchObject({ syncAction: 'SYNC_ACTION_RECOVER', degraded: 1, syncFloorKibPerSecond: 100 });
        expect(array.members).toMatchObject([{ slot: 0 }, { slot: 1, state: 'ARRAY_MEMBER_STATE_RECOVERING' }]);
        expect(array.syncDone).toBeGreaterThan(0);
        expect(array.syncDone).toBeLessThan(array.syncTotal);
      });
      await t.a.agent.setSyncLimits({ ...t.volume.arrayRequest, minKibPerSecond: 100_000, maxKibPerSecond: 1_000_000 });
      expect(await t.volume.inSync(t.a)).toMatchObject({
        syncDone: 0,
        syncTotal: 0,
        syncFloorKibPerSecond: 0,
      });
    });

    it('is added once: the same request again changes nothing', async () => {
      await t.volume.single(t.a);
      await t.volume.createPartition(t.a, 1);
      await t.a.agent.applyMember(t.volume.localMember(1));
      await t.a.agent.addArrayMember(t.volume.addRequest(1));
      await t.a.agent.addArrayMember(t.volume.addRequest(1));
      const { members } = await t.volume.inSync(t.a);
      expect(members).toHaveLength(2);
      const memberUuid = await t.volume.memberUUID(t.a, 1);
      await t.a.agent.addArrayMember(t.volume.addRequest(1));
      expect(await t.volume.memberUUID(t.a, 1)).toBe(memberUuid);
      expect(await t.volume.runningArray(t.a)).toMatchObject({ degraded: 0, syncAction: 'SYNC_ACTION_IDLE' });
    });

    it('is a spare where no role is free, and can be taken out again', async () => {
      await localMembers(3);
      await t.a.agent.createArray(t.volume.createRequest([0, -1]));
      await t.a.agent.addArrayMember(t.volume.addRequest(1));
      await t.volume.inSync(t.a);
      await t.a.agent.addArrayMember(t.volume.addRequest(2));
      await t.world.eventually(async () => {
        const { members } = await t.volume.runningArray(t.a);
        expect(members).toMatchObject([
          { slot: 0 },
          { slot: 1 },
          { slot: 2, role: -1, state: 'ARRAY_MEMBER_STATE_SPARE' },
        ]);
      });
      await t.a.agent.removeArrayMember({ ...t.volume.arrayRequest, slot: 2 });
      const { members } = await t.a.agent.removeArrayMember({ ...t.volume.arrayRequest, slot: 2 });
      expect(members.map(({ slot }) => slot)).toEqual([0, 1]);
    });

    it('must not be smaller than the array needs', async () => {
      await t.volume.single(t.a);
      await t.volume.createPartition(t.a, 1, { sizeBytes: smallPartition - MiB });
      await t.a.agent.applyMember(t.volume.localMember(1));
      await expectHostError(t.a.agent.addArrayMember(t.volume.addRequest(1)), 'Invalid');
      expect((await t.volume.runningArray(t.a)).members).toHaveLength(1);
    });

    it('fills a RAID10 role by role', async () => {
      await localMembers(4);
      const request = { ...t.volume.createRequest([0, -1, 1, -1]), level: ArrayLevel.RAID10, near: 2 };
      await t.a.agent.createArray(request);
      await t.a.agent.applyVolumeDevice(t.volume.arrayRequest);
      const device = await t.volume.open(t.a);
      for (const chunk of [0, 1, 2, 3]) await device.write(chunk * 64 * 1024, block(`chunk ${chunk}`));
      await t.a.agent.addArrayMember(t.volume.addRequest(2));
      await t.a.agent.addArrayMember(t.volume.addRequest(3));
      const { members } = await t.volume.inSync(t.a);
      expect(members.map(({ role }) => role).sort()).toEqual([0, 1, 2, 3]);
      for (const { slot, role } of members) {
        for (const row of [0, 1]) {
          const offset = t.volume.dataOffset + row * 64 * 1024;
          const bytes = await t.a.readPartition(t.volume.partition(slot), offset, 4096);
          expect(bytes).toEqual(block(`chunk ${row * 2 + Math.floor(role / 2)}`));
        }
      }
      await device.close();
    });

    it('is never taken back by the bitmap of a RAID10', async () => {
      await localMembers(2);
      const request = { ...t.volume.createRequest([0, -1, 1, -1]), level: ArrayLevel.RAID10, near: 2 };
      await t.a.agent.createArray(request);
      await t.volume.createPartition(t.a, 2);
      await t.a.agent.applyMember(t.volume.localMember(2));
      await expectHostError(t.a.agent.addArrayMember(t.volume.addRequest(2, AddMode.RE_ADD)), 'Invalid');
      expect((await t.volume.runningArray(t.a)).members).toHaveLength(2);
    });

    it('is not erased while it carries another array', async () => {
      await localMembers(2);
      const other = t.anotherVolume().array;
      await t.a.agent.createArray({ ...t.volume.createRequest([1, -1]), arrayUuid: other });
      await t.a.agent.stopArray({ volume: t.volume.ref, arrayUuid: other });
      await t.a.agent.createArray(t.volume.createRequest([0, -1]));
      await expectHostError(t.a.agent.addArrayMember(t.volume.addRequest(1)), 'Foreign');
      const { superblock } = await t.a.agent.applyMember(t.volume.localMember(1));
      expect(superblock).toMatchObject({ arrayUuid: other });
    });

    it('needs a running array and a member map', async () => {
      await localMembers(1);
      await expectHostError(t.a.agent.addArrayMember(t.volume.addRequest(0)), 'NotFound');
      await t.a.agent.createArray(t.volume.createRequest());
      await expectHostError(t.a.agent.addArrayMember(t.volume.addRequest(1)), 'NotFound');
    });
  });

  describe('a member in sync', () => {
    it('is not taken out of its array', async () => {
      await localMembers(2);
      await t.a.agent.createArray(t.volume.createRequest([0, -1]));
      await t.a.agent.addArrayMember(t.volume.addRequest(1));
      await t.volume.inSync(t.a);
      for (const slot of [0, 1]) {
        await expectHostError(t.a.agent.removeArrayMember({ ...t.volume.arrayRequest, slot }), 'Invalid');
      }
      expect(await t.volume.runningArray(t.a)).toMatchObject({ degraded: 0 });
    });

    it('is not taken out while it is still being made so', async () => {
      await localMembers(2);
      await t.a.agent.createArray(t.volume.createRequest([0, -1]));
      await t.a.agent.setSyncLimits({ ...t.volume.arrayRequest, minKibPerSecond: 100, maxKibPerSecond: 1_000 });
      await t.a.agent.addArrayMember(t.volume.addRequest(1));
      await t.world.eventually(async () => {
        expect(await t.volume.runningArray(t.a)).toMatchObject({ syncAction: 'SYNC_ACTION_RECOVER' });
      });
      await expectHostError(t.a.agent.removeArrayMember({ ...t.volume.arrayRequest, slot: 1 }), 'Busy');
      await expectHostError(t.a.agent.removeArrayMember({ ...t.volume.arrayRequest, slot: 0 }), 'Invalid');
    });
  });

  describe('the limits of synchronisation', () => {
    it('need a running array, and a least that is not above the most', async () => {
      const limits = { ...t.volume.arrayRequest, minKibPerSecond: 1_000, maxKibPerSecond: 10_000 };
      await expectHostError(t.a.agent.setSyncLimits(limits), 'NotFound');
      await localMembers(1);
      await t.a.agent.createArray(t.volume.createRequest());
      await t.a.agent.setSyncLimits(limits);
      await t.a.agent.setSyncLimits(limits);
      await expectHostError(t.a.agent.setSyncLimits({ ...limits, minKibPerSecond: 20_000 }), 'Invalid');
    });
  });
}
