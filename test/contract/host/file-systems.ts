import { fileSystemUUID } from '../../../src/api/identity';
import type { Bench } from './suite';
import { block, expectHostError, formattablePartition } from './volume';

export function describeFileSystems(t: Bench): void {
  describe('formatting a volume', () => {
    const format = (change: object = {}) =>
      t.a.agent.formatVolume({ volume: t.volume.ref, fileSystem: { ...t.volume.fileSystem, ...change } });

    describe('of sufficient size', () => {
      beforeEach(() => t.volume.single(t.a, { sizeBytes: formattablePartition }));

      it.each(['xfs', 'ext4'])('makes %s with the given UUID, which can then be mounted', async (type) => {
        const fileSystem = { ...t.volume.fileSystem, type };
        expect(await format({ type })).toEqual(fileSystem);
        const path = `${t.a.scratch}/${t.volume.name}`;
        await t.a.agent.mountVolume({ volume: t.volume.ref, fileSystem, path, options: [] });
        expect((await t.volume.stack(t.a)).mountPaths).toEqual([path]);
        await t.a.agent.unmount({ path });
      });

      it('happens once: what was written since survives the same request', async () => {
        await format();
        const path = `${t.a.scratch}/${t.volume.name}`;
        await t.a.agent.mountVolume({ volume: t.volume.ref, fileSystem: t.volume.fileSystem, path, options: [] });
        const files = await t.a.openFiles(path);
        await files.write('kept', 'still here');
        await format();
        expect(await files.read('kept')).toBe('still here');
        await files.close();
        await t.a.agent.unmount({ path });
        expect(await format()).toEqual(t.volume.fileSystem);
        await t.a.agent.mountVolume({ volume: t.volume.ref, fileSystem: t.volume.fileSystem, path, options: [] });
        const again = await t.a.openFiles(path);
        expect(await again.read('kept')).toBe('still here');
        await again.close();
        await t.a.agent.unmount({ path });
      });

      it('is refused where another file system is', async () => {
        await format();
        await expectHostError(format({ uuid: fileSystemUUID(t.anotherVolume().uid) }), 'Foreign');
        await expectHostError(format({ type: 'ext4' }), 'Foreign');
        expect(await format()).toEqual(t.volume.fileSystem);
      });

      it('waits for nothing while the volume is suspended', async () => {
        await t.a.agent.suspendVolumeDevice({ volume: t.volume.ref });
        await expectHostError(format(), 'Busy');
        await t.a.agent.resumeVolumeDevice({ volume: t.volume.ref });
        await format();
      });

      it('knows xfs and ext4, and nothing else', async () => {
        await expectHostError(format({ type: 'btrfs' }), 'Invalid');
        await expectHostError(format({ type: '' }), 'Invalid');
      });
    });

    it('is refused on a volume that is too small, which is left as it is', async () => {
      await t.volume.single(t.a);
      const device = await t.volume.open(t.a);
      await device.write(0, block('raw'));
      await expectHostError(format(), 'Invalid');
      expect(await device.read(0, 4096)).toEqual(block('raw'));
      await device.close();
    });

    it('needs the volume device', async () => {
      await expectHostError(format(), 'NotFound');
    });
  });
}
