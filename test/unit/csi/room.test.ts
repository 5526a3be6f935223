import fc from 'fast-check';
import { layoutOf, memberDataOffsetBytes } from '../../../src/api/layout';
import { largestVolume, spread, totalCapacity, type NodeRoom } from '../../../src/csi/controller/room';

const GiB = 1024 ** 3;
const drive = (gib: number, free = gib) => ({
  biggestBytes: gib * GiB + memberDataOffsetBytes,
  freeBytes: free * GiB + memberDataOffsetBytes,
});
const node = (...gibs: number[]): NodeRoom => gibs.map((gib) => drive(gib));
const shape = (numberOfCopies: number, drivesPerCopy = 1) => ({ numberOfCopies, drivesPerCopy });

describe('the largest volume', () => {
  const [a, b, c] = [node(10), node(6), node(20)];
  it.each([
    ['one copy on the first node', [a], [a, b, c], shape(1), 10],
    ['two copies: the first node limits', [a], [a, b, c], shape(2), 10],
    ['two copies: the best other node limits', [c], [a, b, c], shape(2), 10],
    ['three copies: the smallest limits', [c], [a, b, c], shape(3), 6],
    ['more copies than nodes', [c], [a, b, c], shape(4), 0],
    ['any first node', [a, b, c], [a, b, c], shape(1), 20],
    ['no node', [], [a, b, c], shape(1), 0],
    ['two drives per copy', [node(8, 5)], [node(8, 5), node(7, 4)], shape(1, 2), 10],
    ['two drives per copy, twice', [node(8, 5)], [node(7, 4)], shape(2, 2), 8],
    ['a drive too few', [node(8)], [node(8)], shape(1, 2), 0],
    ['less than the minimum', [node(0.4)], [node(0.4)], shape(1), 0],
  ])('%s', (_, first, all, wanted, gib) => {
    expect(largestVolume(first, all, wanted)).toBe(gib * GiB);
  });

  it('fits: its partitions are no larger than the room', () => {
    const bytes = fc.integer({ min: 0, max: 2 ** 40 });
    fc.assert(
      fc.property(fc.array(bytes, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 4 }), (sizes, drives) => {
        const room = sizes.map((biggestBytes) => ({ biggestBytes, freeBytes: biggestBytes }));
        const capacityBytes = largestVolume([room], [room], shape(1, drives));
        if (capacityBytes === 0) return;
        const { partitionBytes, usableBytes } = layoutOf({ capacityBytes, numberOfCopies: 1, drivesPerCopy: drives });
        expect(usableBytes).toBe(capacityBytes);
        expect(sizes.filter((size) => size >= partitionBytes).length).toBeGreaterThanOrEqual(drives);
      }),
    );
  });
});

describe('the total capacity', () => {
  it.each([
    ['one way', [3, 4], 1, 7],
    ['two equal bins', [5, 5], 2, 5],
    ['one bin larger than all others', [100, 2, 3], 2, 5],
    ['three bins, two ways', [4, 4, 4], 2, 6],
    ['three ways, one huge', [100, 4, 6], 3, 4],
    ['too few bins', [5], 2, 0],
    ['no bin', [], 1, 0],
  ])('spreads over %s', (_, sizes, ways, expected) => {
    expect(spread(sizes, ways)).toBe(expected);
  });

  it('counts free space in pieces, and is limited by the first node', () => {
    const all = [[drive(2, 8)], [drive(2, 20)]];
    expect(totalCapacity([all[0]!], all, shape(2))).toBe(8 * GiB + memberDataOffsetBytes);
    expect(totalCapacity([all[1]!], all, shape(1))).toBe(20 * GiB + memberDataOffsetBytes);
  });

  it('is never less than the largest volume', () => {
    const rooms = fc.array(fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 4 }), {
      minLength: 1,
      maxLength: 5,
    });
    const counts = fc.integer({ min: 1, max: 4 });
    fc.assert(
      fc.property(rooms, counts, counts, (gibs, copies, drives) => {
        const all = gibs.map((list) => node(...list));
        const largest = largestVolume([all[0]!], all, shape(copies, drives));
        expect(totalCapacity([all[0]!], all, shape(copies, drives))).toBeGreaterThanOrEqual(largest);
      }),
    );
  });
});
