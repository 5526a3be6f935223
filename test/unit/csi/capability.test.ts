import type { MeshStorVolume } from '../../../src/api/model';
import { accessesOf, accessModeOf, accessOf, misfit } from '../../../src/csi/request/capability';
import type { VolumeCapability, VolumeCapability_AccessMode_Mode } from '../../../src/csi/gen/csi';
import { block, fileSystem } from '../../support/csi/requests';
import { failure } from '../../support/csi/failure';

type Mode = VolumeCapability_AccessMode_Mode;

describe('volume capabilities', () => {
  it.each<[Mode, VolumeCapability, string]>([
    ['SINGLE_NODE_WRITER', fileSystem('SINGLE_NODE_WRITER'), 'ReadWriteOnce'],
    ['SINGLE_NODE_WRITER', block('SINGLE_NODE_WRITER'), 'ReadWriteOnce'],
    ['SINGLE_NODE_SINGLE_WRITER', fileSystem('SINGLE_NODE_SINGLE_WRITER'), 'ReadWriteOncePod'],
    ['SINGLE_NODE_SINGLE_WRITER', block('SINGLE_NODE_SINGLE_WRITER'), 'ReadWriteOncePod'],
    ['SINGLE_NODE_MULTI_WRITER', fileSystem('SINGLE_NODE_MULTI_WRITER'), 'ReadWriteOnce'],
    ['SINGLE_NODE_MULTI_WRITER', block('SINGLE_NODE_MULTI_WRITER'), 'ReadWriteOnce'],
    ['SINGLE_NODE_READER_ONLY', fileSystem('SINGLE_NODE_READER_ONLY'), 'ReadWriteOnce'],
  ])('%s is served as the access mode of the PersistentVolume', (mode, capability, accessMode) => {
    const access = accessOf('c', capability);
    expect([access.mode, accessModeOf(access)]).toEqual([mode, accessMode]);
  });

  it.each<[string, VolumeCapability | undefined, string]>([
    ['no capability', undefined, 'c is missing'],
    [
      'no access type',
      { accessType: undefined, accessMode: { mode: 'SINGLE_NODE_WRITER' } },
      'c.access_type is missing',
    ],
    ['no access mode', { ...block(), accessMode: undefined }, 'c.access_mode UNKNOWN is not supported'],
    ['an unknown mode', block('UNKNOWN'), 'c.access_mode UNKNOWN is not supported'],
    ['a mode of a later CSI', block('UNRECOGNIZED'), 'c.access_mode UNRECOGNIZED is not supported'],
    ['readers on several nodes', block('MULTI_NODE_READER_ONLY'), 'MULTI_NODE_READER_ONLY is not supported'],
    ['one writer, readers on several nodes', fileSystem('MULTI_NODE_SINGLE_WRITER'), 'is not supported'],
    ['a shared file system', fileSystem('MULTI_NODE_MULTI_WRITER'), 'a file system cannot be used from several nodes'],
    ['a shared block device', block('MULTI_NODE_MULTI_WRITER'), 'this version attaches a volume to one node at a time'],
    ['an unknown file system', fileSystem('SINGLE_NODE_WRITER', { fsType: 'btrfs' }), 'c.mount.fs_type "btrfs"'],
    ['an empty mount flag', fileSystem('SINGLE_NODE_WRITER', { mountFlags: [''] }), 'c.mount.mount_flags'],
    ['a mount flag like an option', fileSystem('SINGLE_NODE_WRITER', { mountFlags: ['--bind'] }), '"--bind"'],
    ['a mount flag with a newline', fileSystem('SINGLE_NODE_WRITER', { mountFlags: ['ro\nx'] }), '"ro\\nx"'],
    ['an endless mount flag', fileSystem('SINGLE_NODE_WRITER', { mountFlags: ['x'.repeat(257)] }), 'mount_flags'],
  ])('%s is INVALID_ARGUMENT', (_, capability, words) => {
    expect(() => accessOf('c', capability)).toThrow(failure('INVALID_ARGUMENT', words));
  });

  it('refuses a mount group, which would need the driver to change ownership', () => {
    const capability = fileSystem();
    capability.accessType.mount.volumeMountGroup = '1000';
    expect(() => accessOf('c', capability)).toThrow('c.mount.volume_mount_group is not supported');
  });

  it('of one volume agree on block or file system', () => {
    expect(() => accessesOf('cs', [])).toThrow('cs is missing');
    expect(() => accessesOf('cs', [block(), fileSystem()])).toThrow('a block volume and for a file system at once');
    expect(() => accessesOf('cs', [block(), block('UNKNOWN')])).toThrow('cs[1].access_mode');
    expect(accessesOf('cs', [block(), block('SINGLE_NODE_MULTI_WRITER')])).toHaveLength(2);
  });

  it.each<[string, VolumeCapability, Partial<MeshStorVolume['spec']>, string | undefined]>([
    ['a file system on a file system volume', fileSystem(), {}, undefined],
    ['its own file system type', fileSystem('SINGLE_NODE_WRITER', { fsType: 'xfs' }), {}, undefined],
    [
      'another file system type',
      fileSystem('SINGLE_NODE_WRITER', { fsType: 'ext4' }),
      {},
      'volume v has fsType xfs, not ext4',
    ],
    ['a block device on a file system volume', block(), {}, 'volume v has volumeMode Filesystem, not Block'],
    [
      'a file system on a block volume',
      fileSystem(),
      { volumeMode: 'Block' },
      'volume v has volumeMode Block, not Filesystem',
    ],
  ])('%s fits or not', (_, capability, spec, words) => {
    const volume = {
      metadata: { name: 'v' },
      spec: { volumeMode: 'Filesystem', fsType: 'xfs', migratable: false, ...spec },
    };
    const why = misfit(volume as MeshStorVolume, accessOf('c', capability));
    if (words === undefined) expect(why).toBeUndefined();
    else expect(why).toContain(words);
  });
});
