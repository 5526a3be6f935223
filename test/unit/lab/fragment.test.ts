import { missingSymbols } from '../../../scripts/kernel/uml';

describe('the kernel configuration', () => {
  const config = ['CONFIG_MD=y', '# CONFIG_SMP is not set', 'CONFIG_BLK_DEV_LOOP_MIN_COUNT=8', 'CONFIG_MD_RAID10=m'];

  it.each([
    ['CONFIG_MD=y', []],
    ['CONFIG_SMP=n', []],
    ['CONFIG_NEVER_HEARD_OF=n', []],
    ['# a comment', []],
    ['CONFIG_XFS_FS=y', ['CONFIG_XFS_FS=y']],
    ['CONFIG_MD_RAID10=y', ['CONFIG_MD_RAID10=y']],
    ['CONFIG_MD=n', ['CONFIG_MD=n']],
    ['CONFIG_BLK_DEV_LOOP_MIN_COUNT=0', ['CONFIG_BLK_DEV_LOOP_MIN_COUNT=0']],
  ])('is compared with what was asked for: %s', (line, missing) => {
    expect(missingSymbols(`${line}\n`, config.join('\n'))).toEqual(missing);
  });
});
