import { memberDataOffsetBytes } from '../../../src/api/layout';
import type { Bench } from './suite';
import { itIf } from './suite';
import { block, expectHostError, MiB, smallPartition } from './volume';
import type { DeviceHandle } from './world';

const lastBlock = smallPartition - memberDataOffsetBytes - 4096;

export function describeReplace(t: Bench): void {
  describe('a member that is being replaced', () => {
    let device: DeviceHandle;

    const limit = (kib: number) =>
      t.a.agent.setSyncLimits({ ...t.volume.arrayRequest, minKibPerSecond: kib, maxKibPerSecond: kib });
    const request = (slot: number, withSlot: number) => ({ ...t.volume.arrayRequest, slot, withSlot });
    const drop = (slot: number) => t.a.agent.dropArrayMember({ ...t.volume.arrayRequest, slot });
    const spare = async (slot: number) => {
      await t.volume.localSlot(t.a, slot);
      await t.a.agent.addArrayMember(t.volume.addRequest(slot));
    };
    const expectBlocks = async (slot: number, blocks: Record<number, string>) => {
      for (const [offset, text] of Object.entries(blocks)) {
        const at = t.volume.dataOffset + Number(offset);
        expect(await t.a.readPartition(t.volume.partition(slot), at, 4096)).toEqual(block(text));
      }
    };

    /** Slots 0 and 1 in sync, slot 2 a spare, and nothing fast from now on. */
    beforeEach(async () => {
      await t.volume.localMirror(t.a);
      device = await t.volume.open(t.a);
      await device.write(MiB, block('before'));
      await spare(2);
      await limit(1_000);
    });
    afterEach(() => device.close());

    const replacing = [
      { slot: 0, role: 0, state: 'ARRAY_MEMBER_STATE_IN_SYNC', beingReplaced: false },
      { slot: 1, role: 1, state: 'ARRAY_MEMBER_STATE_IN_SYNC', beingReplaced: true, replacement: false },
      { slot: 2, role: 1, state: 'ARRAY_MEMBER_STATE_RECOVERING', beingReplaced: false, replacement: true },
    ];

    it('stays until its copy is complete, and both get every write until then', async () => {
      const array = await t.a.agent.replaceArrayMember(request(1, 2));
      expect(array).toMatchObject({ degraded: 0, syncAction: 'SYNC_ACTION_RECOVER', members: replacing });
      await device.write(0, block('where it was copied'));
      await device.write(lastBlock, block('where it was not'));
      await t.a.agent.replaceArrayMember(request(1, 2));
      expect(await t.volume.runningArray(t.a)).toMatchObject({ degraded: 0, members: replacing });
      await expectBlocks(1, { 0: 'where it was copied', [lastBlock]: 'where it was not' });
      await limit(1_000_000);
      const { members } = await t.volume.inSync(t.a);
      expect(members).toMatchObject([
        { slot: 0, role: 0, state: 'ARRAY_MEMBER_STATE_IN_SYNC' },
        { slot: 1, role: -1, state: 'ARRAY_MEMBER_STATE_FAULTY', beingReplaced: false },
        { slot: 2, role: 1, state: 'ARRAY_MEMBER_STATE_IN_SYNC', replacement: false },
      ]);
      await device.write(2 * MiB, block('after'));
      const all = { 0: 'where it was copied', [MiB]: 'before', [2 * MiB]: 'after', [lastBlock]: 'where it was not' };
      await expectBlocks(0, all);
      await expectBlocks(2, all);
      expect(await t.a.agent.replaceArrayMember(request(1, 2))).toMatchObject({ degraded: 0 });
      const left = await t.a.agent.removeArrayMember({ ...t.volume.arrayRequest, slot: 1 });
      expect(left.members.map(({ slot }) => slot)).toEqual([0, 2]);
    });

    it('may be dropped: its copy goes on as the rebuilding of its role', async () => {
      await t.a.agent.replaceArrayMember(request(1, 2));
      const { members, degraded } = await drop(1);
      expect(degraded).toBe(1);
      expect(members).toMatchObject([{ slot: 0 }, { slot: 2, role: 1, replacement: false }]);
      await device.write(0, block('meanwhile'));
      await limit(1_000_000);
      await t.volume.inSync(t.a);
      await expectBlocks(2, { 0: 'meanwhile', [MiB]: 'before' });
    });

    it('stays for good when its copy is dropped; no later spare takes its place', async () => {
      await t.a.agent.replaceArrayMember(request(1, 2));
      const { members, degraded } = await drop(2);
      expect(degraded).toBe(0);
      expect(members).toMatchObject([
        { slot: 0 },
        { slot: 1, state: 'ARRAY_MEMBER_STATE_IN_SYNC', beingReplaced: false },
      ]);
      await t.a.agent.addArrayMember(t.volume.addRequest(2));
      await t.world.pass(1_000);
      const array = await t.volume.runningArray(t.a);
      expect(array).toMatchObject({ syncAction: 'SYNC_ACTION_IDLE' });
      expect(array.members[2]).toMatchObject({ slot: 2, role: -1, state: 'ARRAY_MEMBER_STATE_SPARE' });
    });

    it('is one in sync, and its copy a spare', async () => {
      await expectHostError(t.a.agent.replaceArrayMember(request(2, 1)), 'Invalid');
      await expectHostError(t.a.agent.replaceArrayMember(request(1, 0)), 'Invalid');
      await expectHostError(t.a.agent.replaceArrayMember(request(1, 7)), 'Invalid');
      await expectHostError(t.a.agent.replaceArrayMember(request(7, 2)), 'Invalid');
      expect((await t.volume.runningArray(t.a)).members.some(({ beingReplaced }) => beingReplaced)).toBe(false);
    });

    it('waits until another one has been replaced', async () => {
      await spare(3);
      await t.a.agent.replaceArrayMember(request(1, 2));
      await expectHostError(t.a.agent.replaceArrayMember(request(0, 3)), 'Busy');
      expect(await t.volume.runningArray(t.a)).toMatchObject({ members: [...replacing, { slot: 3, role: -1 }] });
    });

    itIf(t.can.power)('is in the array after a loss of power, and its copy is not', async () => {
      const uuids = (await t.volume.runningArray(t.a)).members.map(({ slot, memberUuid }) => ({ slot, memberUuid }));
      await t.a.agent.replaceArrayMember(request(1, 2));
      await device.write(0, block('in the middle'));
      await t.a.powerCut();
      await t.a.boot();
      await t.world.eventually(() => t.a.agent.getNodeFacts({}));
      for (const { slot } of uuids) await t.a.agent.applyMember(t.volume.localMember(slot));
      const assemble = (members: typeof uuids, allowDegraded: boolean) =>
        t.a.agent.assembleArray({ ...t.volume.arrayRequest, members, allowDegraded });
      await expectHostError(assemble(uuids, true), 'Invalid');
      // The superblocks count the copy as well.
      await expectHostError(assemble(uuids.slice(0, 2), false), 'Invalid');
      const array = await assemble(uuids.slice(0, 2), true);
      expect(array).toMatchObject({ degraded: 0, members: [{ slot: 0 }, { slot: 1, beingReplaced: false }] });
      expect(array.members).toHaveLength(2);
      await t.volume.inSync(t.a);
      await expectBlocks(0, { 0: 'in the middle', [MiB]: 'before' });
      await expectBlocks(1, { 0: 'in the middle', [MiB]: 'before' });
    });
  });
}
