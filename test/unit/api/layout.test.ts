import fc from 'fast-check';
import { coversAll, layoutOf, memberDataOffsetBytes, minimumVolumeBytes, mirrorSetOf } from '../../../src/api/layout';

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;
const shape = (capacityBytes: number, numberOfCopies: number, drivesPerCopy: number) =>
  layoutOf({ capacityBytes, numberOfCopies, drivesPerCopy });

// These decide where data lies on disks that exist. They never change for a given volume.
test.each<[string, number, number, number, ReturnType<typeof layoutOf>]>([
  [
    'one copy is a RAID1 with a free slot, into which it can move',
    GiB,
    1,
    1,
    {
      level: 'raid1',
      mirrors: 2,
      copies: 1,
      drivesPerCopy: 1,
      raidDevices: 2,
      expectedMembers: 1,
      partitionBytes: GiB + 4 * MiB,
      usableBytes: GiB,
    },
  ],
  [
    'two copies are a RAID1',
    GiB,
    2,
    1,
    {
      level: 'raid1',
      mirrors: 2,
      copies: 2,
      drivesPerCopy: 1,
      raidDevices: 2,
      expectedMembers: 2,
      partitionBytes: GiB + 4 * MiB,
      usableBytes: GiB,
    },
  ],
  [
    'three copies are a RAID1 of three',
    GiB,
    3,
    1,
    {
      level: 'raid1',
      mirrors: 3,
      copies: 3,
      drivesPerCopy: 1,
      raidDevices: 3,
      expectedMembers: 3,
      partitionBytes: GiB + 4 * MiB,
      usableBytes: GiB,
    },
  ],
  [
    'two copies of three drives are a RAID10 of six, each with a third, rounded up',
    GiB,
    2,
    3,
    {
      level: 'raid10',
      mirrors: 2,
      copies: 2,
      drivesPerCopy: 3,
      raidDevices: 6,
      expectedMembers: 6,
      partitionBytes: 346 * MiB,
      usableBytes: 1026 * MiB,
    },
  ],
  [
    'one copy of two drives is a RAID10 with two free slots',
    GiB,
    1,
    2,
    {
      level: 'raid10',
      mirrors: 2,
      copies: 1,
      drivesPerCopy: 2,
      raidDevices: 4,
      expectedMembers: 2,
      partitionBytes: 516 * MiB,
      usableBytes: GiB,
    },
  ],
])('%s', (_, capacity, copies, drives, expected) => {
  expect(shape(capacity, copies, drives)).toEqual(expected);
});

test('one byte over a mebibyte takes the next one', () => {
  expect(shape(minimumVolumeBytes, 1, 1).usableBytes).toBe(512 * MiB);
  expect(shape(minimumVolumeBytes + 1, 1, 1).usableBytes).toBe(513 * MiB);
});

const capacities = fc.integer({ min: minimumVolumeBytes, max: 2 ** 50 });
const small = fc.integer({ min: 1, max: 8 });

test('a volume always offers what was asked for, on partitions of whole mebibytes, at less than one more per drive', () => {
  const property = fc.property(capacities, small, small, (capacity, copies, drives) => {
    const { usableBytes, partitionBytes } = shape(capacity, copies, drives);
    expect(usableBytes).toBeGreaterThanOrEqual(capacity);
    expect(usableBytes - capacity).toBeLessThan(drives * MiB);
    expect(partitionBytes % MiB).toBe(0);
    expect((partitionBytes - memberDataOffsetBytes) * drives).toBe(usableBytes);
  });
  fc.assert(property);
});

test('there is a slot for every member that is expected, and one more where there is a single copy', () => {
  const property = fc.property(capacities, small, small, (capacity, copies, drives) => {
    const { raidDevices, expectedMembers, mirrors } = shape(capacity, copies, drives);
    expect(expectedMembers).toBe(copies * drives);
    expect(raidDevices).toBe(mirrors * drives);
    expect(mirrors).toBe(copies === 1 ? 2 : copies);
  });
  fc.assert(property);
});

describe('a complete copy', () => {
  const raid10 = shape(GiB, 2, 2);
  test.each<[boolean, number[]]>([
    [true, [0, 2]],
    [true, [1, 2]],
    [true, [0, 1, 2, 3]],
    [false, [0, 1]],
    [false, [2, 3]],
    [false, []],
  ])('is there (%s) in a RAID10 of four from the members in roles %j', (expected, roles) => {
    expect(coversAll(raid10, roles)).toBe(expected);
  });
  test('is any member of a RAID1', () => {
    expect(coversAll(shape(GiB, 3, 1), [2])).toBe(true);
    expect(coversAll(shape(GiB, 3, 1), [])).toBe(false);
  });
  test('takes one member of every set of mirrors, and no more', () => {
    const property = fc.property(small, small, fc.infiniteStream(fc.nat(7)), (copies, drives, stream) => {
      const layout = shape(GiB, copies, drives);
      const offsets = stream.take(drives);
      const roles = [...offsets].map((offset, set) => set * layout.mirrors + (offset % layout.mirrors));
      expect(coversAll(layout, roles)).toBe(true);
      expect(new Set(roles.map((role) => mirrorSetOf(layout, role))).size).toBe(drives);
      for (const role of roles) {
        expect(
          coversAll(
            layout,
            roles.filter((other) => other !== role),
          ),
        ).toBe(false);
      }
    });
    fc.assert(property);
  });
});
