import { memberDataOffsetBytes } from '../../../src/api/layout';
import type { Bench } from './suite';
import { block, expectHostError, smallPartition, stillWaiting } from './volume';

export function describeVolumeDevice(t: Bench): void {
  describe('the volume device', () => {
    beforeEach(() => t.volume.single(t.a));

    const volume = () => ({ volume: t.volume.ref });

    it('shows the whole array under a name of its own', async () => {
      expect((await t.volume.stack(t.a)).device).toEqual({
        path: `/dev/mapper/meshstor-${t.volume.name}`,
        sizeBytes: smallPartition - memberDataOffsetBytes,
        suspended: false,
        openCount: 0,
      });
    });

    it('is made once: the same request again changes nothing', async () => {
      const { device } = await t.volume.stack(t.a);
      expect(await t.a.agent.applyVolumeDevice(t.volume.arrayRequest)).toEqual(device);
    });

    it('needs a running array', async () => {
      const other = t.anotherVolume();
      await expectHostError(t.a.agent.applyVolumeDevice(other.arrayRequest), 'NotFound');
    });

    it('gives back what was written', async () => {
      const device = await t.volume.open(t.a);
      await device.write(0, block('first'));
      await device.write(8192, block('third'));
      expect(await device.read(0, 12_288)).toEqual(Buffer.concat([block('first'), Buffer.alloc(4096), block('third')]));
      await device.close();
    });

    it('holds I/O while it is suspended, and lets it go when it is resumed', async () => {
      const device = await t.volume.open(t.a);
      expect(await t.a.agent.suspendVolumeDevice(volume())).toMatchObject({ suspended: true });
      expect(await t.a.agent.suspendVolumeDevice(volume())).toMatchObject({ suspended: true });
      const write = device.write(0, block('held'));
      await stillWaiting(t.world, write, 10_000);
      expect(await t.a.readPartition(t.volume.partition(0), t.volume.dataOffset, 4096)).toEqual(Buffer.alloc(4096));
      expect(await t.a.agent.resumeVolumeDevice(volume())).toMatchObject({ suspended: false });
      expect(await t.a.agent.resumeVolumeDevice(volume())).toMatchObject({ suspended: false });
      await write;
      expect(await t.a.readPartition(t.volume.partition(0), t.volume.dataOffset, 4096)).toEqual(block('held'));
      await device.close();
    });

    it('stays suspended when it is applied', async () => {
      await t.a.agent.suspendVolumeDevice(volume());
      expect(await t.a.agent.applyVolumeDevice(t.volume.arrayRequest)).toMatchObject({ suspended: true });
      await t.a.agent.resumeVolumeDevice(volume());
    });

    it('counts who has it open, and is not removed under them', async () => {
      const device = await t.volume.open(t.a);
      expect((await t.volume.stack(t.a)).device).toMatchObject({ openCount: 1 });
      await expectHostError(t.a.agent.removeVolumeDevice(volume()), 'Busy');
      await device.close();
      await t.world.eventually(() => t.a.agent.removeVolumeDevice(volume()));
      await t.a.agent.removeVolumeDevice(volume());
      expect((await t.volume.stack(t.a)).device).toBeUndefined();
    });

    it('can be removed while it is suspended', async () => {
      await t.a.agent.suspendVolumeDevice(volume());
      await t.a.agent.removeVolumeDevice(volume());
      expect((await t.volume.stack(t.a)).device).toBeUndefined();
    });

    it('that does not exist can be neither suspended nor resumed', async () => {
      const other = { volume: t.anotherVolume().ref };
      await expectHostError(t.a.agent.suspendVolumeDevice(other), 'NotFound');
      await expectHostError(t.a.agent.resumeVolumeDevice(other), 'NotFound');
    });
  });

  describe('suspending a volume device whose I/O cannot end', () => {
    it('fails by its deadline, holds what comes all the same, and is undone by resuming', async () => {
      await t.volume.mirror(t.a, t.b);
      const device = await t.volume.open(t.a);
      await t.b.agent.fenceExport({ nqn: t.volume.nqn(1) });
      const write = device.write(0, block('under way'));
      await stillWaiting(t.world, write, 1_000);
      const suspend = t.a.agent.suspendVolumeDevice({ volume: t.volume.ref }, { deadlineMs: 3_000 });
      await expectHostError(suspend, 'Timeout');
      const read = device.read(0, 4096);
      await stillWaiting(t.world, read, 3_000);
      await t.volume.export(t.b, 1, [t.a]);
      await t.world.eventually(async () => {
        expect((await t.volume.stack(t.a)).device).toMatchObject({ suspended: true });
      });
      await stillWaiting(t.world, read, 1_000);
      await t.a.agent.resumeVolumeDevice({ volume: t.volume.ref });
      await Promise.all([write, read]);
      await device.write(4096, block('and on'));
      await device.close();
    });
  });
}
