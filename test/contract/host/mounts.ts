import { fileSystemUUID } from '../../../src/api/identity';
import type { Bench } from './suite';
import { expectHostError, formattablePartition, MiB, smallPartition } from './volume';

export function describeMounts(t: Bench): void {
  const at = (name: string) => `${t.a.scratch}/${t.volume.name}-${name}`;
  const mount = (path: string, options: string[] = []) =>
    t.a.agent.mountVolume({ volume: t.volume.ref, fileSystem: t.volume.fileSystem, path, options });
  const bind = (source: string, path: string, readOnly = false) =>
    t.a.agent.bindMount({ volume: t.volume.ref, source, path, readOnly });

  describe('a mounted volume', () => {
    beforeEach(async () => {
      await t.volume.single(t.a, { sizeBytes: formattablePartition });
      await t.a.agent.formatVolume({ volume: t.volume.ref, fileSystem: t.volume.fileSystem });
    });
    afterEach(async () => {
      for (const path of (await t.volume.stack(t.a)).mountPaths) await t.a.agent.unmount({ path });
    });

    it('takes files, and has them when it is mounted again', async () => {
      await mount(at('stage'));
      const files = await t.a.openFiles(at('stage'));
      await files.write('greeting', 'hello, mesh');
      await files.close();
      await t.a.agent.unmount({ path: at('stage') });
      await mount(at('elsewhere'));
      const again = await t.a.openFiles(at('elsewhere'));
      expect(await again.read('greeting')).toBe('hello, mesh');
      await again.close();
    });

    it('is mounted once: the same request again changes nothing', async () => {
      await mount(at('stage'));
      await mount(at('stage'));
      const { mountPaths, device } = await t.volume.stack(t.a);
      expect(mountPaths).toEqual([at('stage')]);
      expect(device).toMatchObject({ openCount: 1 });
    });

    it('is seen where it is bound to, and stays there when the first path goes', async () => {
      await mount(at('stage'));
      await bind(at('stage'), at('pod'));
      await bind(at('stage'), at('pod'));
      expect((await t.volume.stack(t.a)).mountPaths).toEqual([at('pod'), at('stage')].sort());
      const files = await t.a.openFiles(at('stage'));
      await files.write('greeting', 'hello, pod');
      await files.close();
      await t.a.agent.unmount({ path: at('stage') });
      const bound = await t.a.openFiles(at('pod'));
      expect(await bound.read('greeting')).toBe('hello, pod');
      await bound.close();
    });

    it('bound read-only takes no writes', async () => {
      await mount(at('stage'));
      await bind(at('stage'), at('pod'), true);
      const files = await t.a.openFiles(at('pod'));
      await expect(files.write('greeting', 'no')).rejects.toThrow();
      await files.close();
    });

    it('is mounted only with the expected UUID', async () => {
      const fileSystem = { type: 'xfs', uuid: fileSystemUUID(t.anotherVolume().uid) };
      const request = { volume: t.volume.ref, fileSystem, path: at('stage'), options: [] };
      await expectHostError(t.a.agent.mountVolume(request), 'Foreign');
      expect((await t.volume.stack(t.a)).mountPaths).toEqual([]);
      expect(await t.a.exists(at('stage'))).toBe(false);
    });

    it.each(['loop', 'logdev=/dev/null', 'bind', 'x-systemd.automount', 'ro,dev'])(
      'is not mounted with an option that does more than it should: %s',
      async (option) => {
        await expectHostError(mount(at('stage'), [option]), 'Invalid');
        expect((await t.volume.stack(t.a)).mountPaths).toEqual([]);
      },
    );

    it('is not mounted while it is suspended', async () => {
      await t.a.agent.suspendVolumeDevice({ volume: t.volume.ref });
      await expectHostError(mount(at('stage')), 'Busy');
      await t.a.agent.resumeVolumeDevice({ volume: t.volume.ref });
      await mount(at('stage'));
    });

    it('is not mounted over something else', async () => {
      await mount(at('stage'));
      const other = t.anotherVolume();
      await other.single(t.a, { sizeBytes: formattablePartition });
      await t.a.agent.formatVolume({ volume: other.ref, fileSystem: other.fileSystem });
      const request = { volume: other.ref, fileSystem: other.fileSystem, path: at('stage'), options: [] };
      await expectHostError(t.a.agent.mountVolume(request), 'Busy');
      expect((await other.stack(t.a)).mountPaths).toEqual([]);
      const wrongSource = { volume: other.ref, source: at('stage'), path: at('pod'), readOnly: false };
      await expectHostError(t.a.agent.bindMount(wrongSource), 'Foreign');
    });

    it('is unmounted, its path goes, and unmounting it again succeeds', async () => {
      await mount(at('stage'));
      expect(await t.a.exists(at('stage'))).toBe(true);
      await t.a.agent.unmount({ path: at('stage') });
      await t.a.agent.unmount({ path: at('stage') });
      expect(await t.a.exists(at('stage'))).toBe(false);
      expect(await t.volume.stack(t.a)).toMatchObject({ mountPaths: [], device: { openCount: 0 } });
    });

    it('is not unmounted while it is in use', async () => {
      await mount(at('stage'));
      const files = await t.a.openFiles(at('stage'));
      await expectHostError(t.a.agent.unmount({ path: at('stage') }), 'Busy');
      await files.close();
      await t.world.eventually(() => t.a.agent.unmount({ path: at('stage') }));
    });

    it('keeps the volume device and the array', async () => {
      await mount(at('stage'));
      await expectHostError(t.a.agent.removeVolumeDevice({ volume: t.volume.ref }), 'Busy');
      await expectHostError(t.a.agent.stopArray(t.volume.arrayRequest), 'Busy');
    });

    it('tells its size and how much of it is used', async () => {
      await mount(at('stage'));
      const before = await t.a.agent.getPathStats({ path: at('stage') });
      expect(before.block).toBe(false);
      expect(before.totalBytes).toBeGreaterThan(200 * MiB);
      expect(before.totalBytes).toBeLessThan(formattablePartition);
      expect(before.usedBytes + before.availableBytes).toBeLessThanOrEqual(before.totalBytes);
      expect(before.totalInodes).toBeGreaterThan(0);
      const files = await t.a.openFiles(at('stage'));
      await files.write('large', 'x'.repeat(2 * MiB));
      await files.close();
      const after = await t.a.agent.getPathStats({ path: at('stage') });
      expect(after.usedBytes - before.usedBytes).toBeGreaterThanOrEqual(2 * MiB);
      expect(after.usedInodes).toBe(before.usedInodes + 1);
    });
  });

  describe('a volume without a file system', () => {
    beforeEach(() => t.volume.single(t.a));

    it('is not mounted', async () => {
      await expectHostError(mount(at('stage')), 'NotFound');
      expect(await t.a.exists(at('stage'))).toBe(false);
    });

    it('shows as a block device where it is bound to', async () => {
      const request = { volume: t.volume.ref, path: at('block'), readOnly: false };
      await t.a.agent.bindDevice(request);
      await t.a.agent.bindDevice(request);
      expect((await t.volume.stack(t.a)).mountPaths).toEqual([at('block')]);
      const device = await t.a.openDevice(at('block'));
      await device.write(0, Buffer.alloc(4096, 'raw '));
      expect(await device.read(0, 4096)).toEqual(Buffer.alloc(4096, 'raw '));
      await device.close();
      expect(await t.a.agent.getPathStats({ path: at('block') })).toMatchObject({
        block: true,
        totalBytes: smallPartition - t.volume.dataOffset,
        totalInodes: 0,
      });
      await t.a.agent.unmount({ path: at('block') });
      expect(await t.a.exists(at('block'))).toBe(false);
    });
  });

  describe('where nothing is mounted', () => {
    it('nothing can be bound from', async () => {
      await expectHostError(bind(at('nothing'), at('pod')), 'NotFound');
    });

    it('there are no figures', async () => {
      await expectHostError(t.a.agent.getPathStats({ path: at('nothing') }), 'NotFound');
    });

    it('no device can be bound that does not exist', async () => {
      const request = { volume: t.volume.ref, path: at('block'), readOnly: false };
      await expectHostError(t.a.agent.bindDevice(request), 'NotFound');
    });
  });
}
