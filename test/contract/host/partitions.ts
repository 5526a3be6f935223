import type { Bench } from './suite';
import { block, expectHostError, MiB, smallPartition } from './volume';

export function describePartitions(t: Bench): void {
  describe('a partition', () => {
    it('is made where it was wanted, aligned to 1 MiB, and found by its UUID', async () => {
      const made = await t.volume.createPartition(t.a, 0);
      expect(made).toMatchObject({
        uuid: t.volume.partition(0),
        driveId: t.a.drives[0]!.id,
        sizeBytes: smallPartition,
        label: t.volume.uid.replaceAll('-', '').slice(0, 24),
        exports: [],
        heldByVolumeUid: '',
      });
      expect(made.startBytes % MiB).toBe(0);
      expect(await t.a.agent.getPartition({ uuid: made.uuid })).toEqual(made);
    });

    it('has its size rounded up to 1 MiB', async () => {
      const made = await t.volume.createPartition(t.a, 0, { sizeBytes: 10 * MiB + 1 });
      expect(made.sizeBytes).toBe(11 * MiB);
    });

    it('is made once: the same request again changes nothing', async () => {
      const made = await t.volume.createPartition(t.a, 0);
      const before = await t.a.agent.listDrives({});
      expect(await t.volume.createPartition(t.a, 0)).toEqual(made);
      expect(await t.a.agent.listDrives({})).toEqual(before);
    });

    it('that exists is not made with another size, label or drive', async () => {
      await t.volume.createPartition(t.a, 0);
      const request = t.volume.partitionRequest(t.a, 0);
      const before = await t.a.agent.listDrives({});
      await expectHostError(t.a.agent.createPartition({ ...request, sizeBytes: smallPartition + MiB }), 'Invalid');
      await expectHostError(t.a.agent.createPartition({ ...request, label: t.anotherVolume().label }), 'Invalid');
      await expectHostError(t.a.agent.createPartition({ ...request, driveId: t.a.drives[1]!.id }), 'Invalid');
      expect(await t.a.agent.listDrives({})).toEqual(before);
    });

    it('goes into the smallest gap that is large enough', async () => {
      const sizes = [16, 4, 8, 4];
      const made = [];
      for (const [slot, size] of sizes.entries()) {
        made.push(await t.volume.createPartition(t.a, slot, { sizeBytes: size * MiB }));
      }
      await t.a.agent.deletePartition({ uuid: t.volume.partition(0) });
      await t.a.agent.deletePartition({ uuid: t.volume.partition(2) });
      const placed = await t.volume.createPartition(t.a, 4, { sizeBytes: 6 * MiB });
      expect(placed.startBytes).toBe(made[2]!.startBytes);
    });

    it('leaves the other partitions of its drive as they are', async () => {
      const first = await t.volume.createPartition(t.a, 0);
      await t.a.writePartition(first.uuid, 0, Buffer.alloc(4096, 'mine '));
      await t.volume.createPartition(t.a, 1);
      await t.a.agent.deletePartition({ uuid: t.volume.partition(1) });
      expect(await t.a.agent.getPartition({ uuid: first.uuid })).toEqual(first);
      expect(await t.a.readPartition(first.uuid, 0, 4096)).toEqual(Buffer.alloc(4096, 'mine '));
    });

    it('does not show the superblock of whatever lay there before', async () => {
      await t.volume.single(t.a);
      await t.volume.takeDown(t.a);
      await t.a.agent.deletePartition({ uuid: t.volume.partition(0) });
      await t.volume.createPartition(t.a, 0);
      const member = await t.a.agent.applyMember(t.volume.localMember(0));
      expect(member.superblock).toBeUndefined();
    });

    it('reads as zeroes, also where something lies that nobody wiped', async () => {
      const before = await t.volume.createPartition(t.a, 0);
      for (const offset of [17 * MiB, 40 * MiB]) await t.a.writePartition(before.uuid, offset, block('secret'));
      await t.a.agent.deletePartition({ uuid: before.uuid });
      const after = await t.volume.createPartition(t.a, 0);
      expect(after.startBytes).toBe(before.startBytes);
      for (const offset of [17 * MiB, 40 * MiB]) {
        expect(await t.a.readPartition(after.uuid, offset, 4096)).toEqual(Buffer.alloc(4096));
      }
    });

    it.each(['foreign-table', 'foreign-file-system'] as const)('is not made on a drive with a %s', async (contents) => {
      const { id } = t.a.drives[0]!;
      await t.a.prepareDrive(id, contents);
      const before = await t.a.readDrive(id, 64 * 1024);
      await expectHostError(t.volume.createPartition(t.a, 0), 'Foreign');
      expect(await t.a.readDrive(id, 64 * 1024)).toEqual(before);
    });

    it('that no gap can take is refused for lack of space', async () => {
      const { drives } = await t.a.agent.listDrives({});
      const { sizeBytes } = drives.find(({ id }) => id === t.a.drives[0]!.id)!;
      await expectHostError(t.volume.createPartition(t.a, 0, { sizeBytes }), 'NoSpace');
    });

    it('is not made on a drive the node does not have', async () => {
      const request = { ...t.volume.partitionRequest(t.a, 0), driveId: 'no-such-drive' };
      await expectHostError(t.a.agent.createPartition(request), 'NotFound');
    });

    it('that is on no drive is not found', async () => {
      await expectHostError(t.a.agent.getPartition({ uuid: t.volume.partition(0) }), 'NotFound');
    });
  });

  describe('deleting a partition', () => {
    it('frees its space, and succeeds again when nothing is there', async () => {
      await t.a.prepareDrive(t.a.drives[0]!.id, 'blank');
      await t.volume.createPartition(t.a, 0);
      const { free } = (await t.a.agent.listDrives({})).drives.find(({ id }) => id === t.a.drives[0]!.id)!;
      await t.volume.createPartition(t.a, 1);
      await t.a.agent.deletePartition({ uuid: t.volume.partition(1) });
      await t.a.agent.deletePartition({ uuid: t.volume.partition(1) });
      await expectHostError(t.a.agent.getPartition({ uuid: t.volume.partition(1) }), 'NotFound');
      const { drives } = await t.a.agent.listDrives({});
      expect(drives.find(({ id }) => id === t.a.drives[0]!.id)!.free).toEqual(free);
    });

    it('is refused while it is exported or held as a member', async () => {
      await t.volume.createPartition(t.a, 0);
      await t.volume.export(t.a, 0, [t.b]);
      await expectHostError(t.a.agent.deletePartition({ uuid: t.volume.partition(0) }), 'Busy');
      await t.a.agent.removeExport({ nqn: t.volume.nqn(0) });
      await t.a.agent.applyMember(t.volume.localMember(0));
      await expectHostError(t.a.agent.deletePartition({ uuid: t.volume.partition(0) }), 'Busy');
      await t.a.agent.removeMember({ volume: t.volume.ref, slot: 0 });
      await t.a.agent.deletePartition({ uuid: t.volume.partition(0) });
    });
  });
}
