import { ArrayLevel, ArrayMemberState } from '../../../src/host/gen/host';
import type { MdArray, MdMember } from '../../../src/host/linux/arrays/read';
import { uncovered } from '../../../src/host/linux/arrays/shape';

const members = (roles: readonly number[]) =>
  roles.map((role) => ({ role, state: ArrayMemberState.IN_SYNC }) as unknown as MdMember);

const array = (level: ArrayLevel, near: number, raidDevices: number) =>
  ({ level, near, raidDevices }) as unknown as MdArray;

describe('the members that stay', () => {
  it.each<[string, MdArray, number[], number | undefined]>([
    ['one of a RAID1 is enough', array(ArrayLevel.RAID1, 1, 3), [2], undefined],
    ['none of a RAID1 is not', array(ArrayLevel.RAID1, 1, 2), [], 0],
    ['a spare has no role', array(ArrayLevel.RAID1, 1, 2), [-1], 0],
    ['one of each pair of a RAID10 is enough', array(ArrayLevel.RAID10, 2, 4), [1, 2], undefined],
    ['two of one pair are not', array(ArrayLevel.RAID10, 2, 4), [0, 1], 2],
    ['where the level is unknown it takes all', array(ArrayLevel.UNSPECIFIED, 1, 3), [0, 2], 1],
    ['and where the layout is unknown', array(ArrayLevel.RAID10, 0, 2), [0], 1],
  ])('%s', (_what, shape, roles, first) => {
    expect(uncovered(shape, members(roles))).toBe(first);
  });
});
