import { mountOptions } from '../../../src/host/linux/mounts/options';

describe('mount options', () => {
  it.each([
    ['xfs', ['noatime', 'discard', 'logbsize=256k', 'inode64', 'ro']],
    ['ext4', ['noatime', 'commit=30', 'errors=remount-ro', 'data=ordered']],
  ])('of %s that are known pass', (type, options) => {
    expect(mountOptions(type, options)).toEqual(options);
  });

  it.each([
    ['xfs', 'noatime,bind'],
    ['xfs', 'bind'],
    ['xfs', 'remount'],
    ['xfs', 'loop'],
    ['xfs', 'logdev=/dev/sda'],
    ['xfs', 'nouuid'],
    ['xfs', 'X-mount.mkdir=0777'],
    ['xfs', 'helper=/bin/sh'],
    ['xfs', 'noatime=1'],
    ['xfs', 'logbsize'],
    ['xfs', 'logbsize=1k,bind'],
    ['xfs', 'data=ordered'],
    ['xfs', ''],
    ['xfs', '-o'],
    ['xfs', 'no atime'],
    ['xfs', 'constructor'],
    ['ext4', 'nobarrier'],
    ['ext4', 'barrier=0'],
    ['ext4', 'journal_path=/x'],
    ['ext4', 'data=writeback'],
    ['ext2', 'noatime'],
  ])('of %s: %j is refused', (type, option) => {
    expect(() => mountOptions(type, [option])).toThrow(expect.objectContaining({ kind: 'Invalid' }) as Error);
  });
});
