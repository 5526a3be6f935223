import type { Bench } from './suite';
import { itIf } from './suite';
import { expectHostError, MiB } from './volume';
import type { ContractNode } from './world';

const driveOf = async (node: ContractNode, id: string) => {
  const { drives } = await node.agent.listDrives({});
  return drives.find((drive) => drive.id === id)!;
};

export function describeDrives(t: Bench): void {
  describe('node facts', () => {
    it('name the kernel and mdadm, and no hazard on a sound node', async () => {
      const facts = await t.a.agent.getNodeFacts({});
      expect(facts.kernel).toMatch(/^\d+\.\d+/);
      expect(facts.mdadm).toMatch(/\d/);
      expect(facts.warnings).toEqual([]);
    });
  });

  describe('drives', () => {
    it('are listed with identity, size and sector size', async () => {
      for (const { id, sectorSize } of t.a.drives) {
        const drive = await driveOf(t.a, id);
        expect(drive.name).toMatch(/^nvme\d+n\d+$/);
        expect(drive.sizeBytes).toBeGreaterThanOrEqual(1024 * MiB);
        expect(drive.queues).toBeGreaterThan(0);
        expect(drive).toMatchObject({ sectorSize });
      }
    });

    it('that hold nothing are blank, and free from the first MiB on', async () => {
      const { id } = t.a.drives[0]!;
      await t.a.prepareDrive(id, 'blank');
      const drive = await driveOf(t.a, id);
      expect(drive).toMatchObject({ use: 'DRIVE_USE_BLANK', useDetail: '', partitions: [] });
      expect(drive.free).toHaveLength(1);
      expect(drive.free[0]!.startBytes).toBe(MiB);
      expect(drive.free[0]!.sizeBytes % MiB).toBe(0);
      expect(drive.free[0]!.sizeBytes).toBeGreaterThan(drive.sizeBytes - 4 * MiB);
    });

    it.each(['foreign-table', 'foreign-file-system'] as const)(
      'with a %s are foreign and offer nothing',
      async (contents) => {
        const { id } = t.a.drives[0]!;
        await t.a.prepareDrive(id, contents);
        const drive = await driveOf(t.a, id);
        expect(drive).toMatchObject({ use: 'DRIVE_USE_FOREIGN', free: [], partitions: [] });
        expect(drive.useDetail).not.toBe('');
      },
    );

    it("are MeshStor's from the first partition on, and show it", async () => {
      const made = await t.volume.createPartition(t.a, 0);
      const drive = await driveOf(t.a, t.a.drives[0]!.id);
      expect(drive).toMatchObject({ use: 'DRIVE_USE_MESHSTOR', partitions: [made] });
      const free = drive.free.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      expect(free).toBeLessThanOrEqual(drive.sizeBytes - made.sizeBytes - 2 * MiB);
      for (const { startBytes, sizeBytes } of drive.free) {
        expect(startBytes % MiB).toBe(0);
        expect(startBytes >= made.startBytes + made.sizeBytes || startBytes + sizeBytes <= made.startBytes).toBe(true);
      }
    });

    it('that were imported over the fabric are left out', async () => {
      const before = (await t.a.agent.listDrives({})).drives.map(({ id }) => id).sort();
      await t.volume.remoteSlot(t.a, t.b, 1);
      const after = (await t.a.agent.listDrives({})).drives.map(({ id }) => id).sort();
      expect(after).toEqual(before);
    });

    itIf(t.can.pull)('that are pulled are not listed, and are found again when they return', async () => {
      const { id } = t.a.drives[0]!;
      await t.volume.createPartition(t.a, 0);
      const putBack = await t.a.pullDrive(id);
      await t.world.eventually(async () => expect(await driveOf(t.a, id)).toBeUndefined());
      await expectHostError(t.a.agent.getPartition({ uuid: t.volume.partition(0) }), 'NotFound');
      await putBack();
      await t.world.eventually(async () => {
        expect((await driveOf(t.a, id)).partitions.map(({ uuid }) => uuid)).toEqual([t.volume.partition(0)]);
      });
    });

    itIf(t.can.largeSectors)('with large sectors take partitions that are members like any other', async () => {
      const { id, sectorSize } = t.a.largeSectorDrive!;
      expect(sectorSize).toBe(4096);
      await t.a.agent.createPartition({ ...t.volume.partitionRequest(t.a, 0), driveId: id });
      expect((await driveOf(t.a, id)).sectorSize).toBe(4096);
      await t.a.agent.applyMember(t.volume.localMember(0));
      const array = await t.a.agent.createArray(t.volume.createRequest());
      expect(array.degraded).toBe(1);
    });
  });
}
