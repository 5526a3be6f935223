import fc from 'fast-check';
import { freeExtents, smallestFit } from '../../../src/host/linux/drives/free';
import type { PartitionTable } from '../../../src/host/linux/parse/sfdisk';

const MiB = 1024 ** 2;
const driveBytes = 64 * MiB;

const table = (entries: readonly (readonly [start: number, size: number])[]): PartitionTable => ({
  label: 'gpt',
  id: '',
  firstByte: MiB,
  endByte: driveBytes - 34 * 512,
  entries: entries.map(([start, size], i) => ({ number: i + 1, start, size, uuid: '', name: '' })),
});

describe('free space of a drive', () => {
  it('of a blank drive is all but its ends', () => {
    expect(freeExtents(undefined, driveBytes)).toEqual([{ startBytes: MiB, sizeBytes: driveBytes - 2 * MiB }]);
  });

  it('is what lies between the partitions', () => {
    expect(
      freeExtents(
        table([
          [10 * MiB, 5 * MiB],
          [2 * MiB, MiB],
        ]),
        driveBytes,
      ),
    ).toEqual([
      { startBytes: MiB, sizeBytes: MiB },
      { startBytes: 3 * MiB, sizeBytes: 7 * MiB },
      { startBytes: 15 * MiB, sizeBytes: driveBytes - 16 * MiB },
    ]);
  });

  it('never touches a partition, is aligned, and leaves out no stretch of 1 MiB', () => {
    const parts = fc.array(fc.tuple(fc.integer({ min: 1, max: 60 * 2048 }), fc.integer({ min: 1, max: 8 * 2048 })), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(parts, (raw) => {
        const entries = raw.map(([start, size]) => [(start + 2048) * 512, size * 512] as const);
        const free = freeExtents(table(entries), driveBytes);
        const inExtent = (at: number) =>
          free.some(({ startBytes, sizeBytes }) => at >= startBytes && at < startBytes + sizeBytes);
        for (const { startBytes, sizeBytes } of free) {
          expect([startBytes % MiB, sizeBytes % MiB]).toEqual([0, 0]);
        }
        for (let at = MiB; at + MiB <= driveBytes - MiB; at += MiB) {
          const touched = entries.some(([start, size]) => start < at + MiB && at < start + size);
          expect(inExtent(at)).toBe(!touched);
        }
      }),
    );
  });

  it('is taken where the least is left over, and first comes first', () => {
    const extents = [8, 4, 6, 4].map((size, i) => ({ startBytes: i * 100 * MiB, sizeBytes: size * MiB }));
    expect(smallestFit(extents, 3 * MiB)?.startBytes).toBe(100 * MiB);
    expect(smallestFit(extents, 5 * MiB)?.startBytes).toBe(200 * MiB);
    expect(smallestFit(extents, 9 * MiB)).toBeUndefined();
  });
});
