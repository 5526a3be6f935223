import fc from 'fast-check';
import { place, type Candidate, type PlacementRequest } from '../../../src/controllers/volume/cluster/placement';
import { GiB } from '../../support/objects';

const request = (change: Partial<PlacementRequest> = {}): PlacementRequest => ({
  copies: 2,
  drivesPerCopy: 1,
  partitionBytes: 10 * GiB,
  sectorSize: undefined,
  zones: [],
  chosen: [],
  preferredNode: undefined,
  ...change,
});
const drive = (nodeName: string, device: string, change: Partial<Candidate> = {}): Candidate => ({
  nodeName,
  zone: undefined,
  device,
  deviceID: `${nodeName}/${device}`,
  sectorSize: 512,
  freeBytes: 100 * GiB,
  excluded: undefined,
  ...change,
});

function spots(change: Partial<PlacementRequest>, candidates: Candidate[]): string[] | string {
  const placement = place(request(change), candidates);
  return placement.ok ? placement.spots.map(({ deviceID }) => deviceID) : placement.lacking;
}

describe('L1: every copy is on a node of its own', () => {
  test('even where one node has all the room', () => {
    const candidates = [drive('a', 'x'), drive('a', 'y'), drive('b', 'x', { freeBytes: 11 * GiB })];
    expect(spots({}, candidates)).toEqual(['a/x', 'b/x']);
  });
  test('and a single node is not enough for two copies', () => {
    expect(spots({}, [drive('a', 'x'), drive('a', 'y')])).toBe('2 nodes needed; a can take a copy');
  });
});

describe('L2: drives that cannot be used', () => {
  test.each<[string, Partial<Candidate>, string]>([
    [
      'excluded',
      { excluded: 'cannot be used: it has a foreign partition table' },
      'b: x cannot be used: it has a foreign partition table',
    ],
    ['too full', { freeBytes: 9 * GiB }, 'b: x has 9.00 GiB free in one piece, 10.00 GiB are needed'],
    ['of another sector size', { sectorSize: 4096 }, 'b: x has 4096-byte sectors, 512 are needed'],
    ['in another zone', { zone: 'z2' }, 'b: x is in zone z2, not in z1'],
  ])('%s are left out and named', (_, change, words) => {
    const candidates = [drive('a', 'x', { zone: 'z1' }), drive('b', 'x', { zone: 'z1', ...change })];
    expect(spots({ sectorSize: 512, zones: ['z1'] }, candidates)).toBe(`2 nodes needed; a can take a copy; ${words}`);
  });
  test('drives of one volume have one sector size, the one that fits', () => {
    const mixed = [drive('a', 'x', { sectorSize: 4096 }), drive('b', 'x'), drive('c', 'x')];
    expect(spots({}, mixed)).toEqual(['b/x', 'c/x']);
    expect(spots({ preferredNode: 'a' }, mixed)).toEqual(['b/x', 'c/x']);
  });
  test('the consumer decides between sector sizes that both fit', () => {
    const mixed = [
      drive('a', 'x', { sectorSize: 4096 }),
      drive('b', 'x', { sectorSize: 4096 }),
      drive('c', 'x'),
      drive('d', 'x'),
      drive('e', 'x'),
    ];
    expect(spots({ preferredNode: 'b' }, mixed)).toEqual(['b/x', 'a/x']);
  });
});

describe('L3: chosen nodes', () => {
  const three = [drive('a', 'x'), drive('b', 'x'), drive('b', 'y'), drive('c', 'x')];
  test('are used before others, on the chosen drive', () => {
    expect(spots({ chosen: [{ nodeName: 'b', device: 'y' }] }, three)).toEqual(['b/y', 'a/x']);
  });
  test('are not replaced when they cannot be used', () => {
    const candidates = [...three, drive('d', 'x', { excluded: 'is cordoned' })];
    expect(spots({ chosen: [{ nodeName: 'd' }] }, candidates)).toContain('d: x is cordoned');
    expect(spots({ chosen: [{ nodeName: 'nowhere' }] }, three)).toContain('nowhere: has no drive known to MeshStor');
  });
});

test("L4: the consumer's node comes first, whatever its free space", () => {
  const candidates = [drive('a', 'x'), drive('b', 'x'), drive('c', 'x', { freeBytes: 10 * GiB })];
  expect(spots({ preferredNode: 'c' }, candidates)).toEqual(['c/x', 'a/x']);
});

test('L5: more free space comes first, between nodes and between the drives of a node', () => {
  const candidates = [
    drive('a', 'x', { freeBytes: 20 * GiB }),
    drive('b', 'x', { freeBytes: 30 * GiB }),
    drive('b', 'y', { freeBytes: 40 * GiB }),
  ];
  expect(spots({}, candidates)).toEqual(['b/y', 'a/x']);
});

test('a copy of several drives takes distinct drives of one node', () => {
  const candidates = ['a', 'b', 'c'].flatMap((node) => [
    drive(node, 'x'),
    drive(node, 'y', node === 'a' ? { freeBytes: 0 } : {}),
  ]);
  expect(spots({ drivesPerCopy: 2 }, candidates)).toEqual(['b/x', 'b/y', 'c/x', 'c/y']);
  expect(spots({ drivesPerCopy: 2, copies: 3 }, candidates)).toContain('a: 1 of 2 drives fit: y has 0.00 GiB free');
});

test('a long list of nodes is cut short', () => {
  const candidates = Array.from({ length: 500 }, (_, index) => drive(`n${index}`, 'x', { freeBytes: 0 }));
  expect(spots({}, candidates)).toMatch(/; and 480 more$/);
});

describe('whatever the cluster looks like', () => {
  const anyDrive = fc.record({
    node: fc.constantFrom('a', 'b', 'c', 'd'),
    device: fc.constantFrom('x', 'y', 'z'),
    freeGiB: fc.integer({ min: 0, max: 20 }),
    sectorSize: fc.constantFrom(512, 4096),
    excluded: fc.option(fc.constant('is cordoned'), { nil: undefined, freq: 4 }),
  });
  const cluster = fc
    .uniqueArray(anyDrive, { selector: ({ node, device }) => `${node}/${device}`, maxLength: 12 })
    .map((drives) =>
      drives.map(({ node, device, freeGiB, ...rest }) => drive(node, device, { freeBytes: freeGiB * GiB, ...rest })),
    );
  const wishes = fc.record({
    copies: fc.integer({ min: 1, max: 3 }),
    drivesPerCopy: fc.integer({ min: 1, max: 2 }),
    preferredNode: fc.constantFrom(undefined, 'a', 'b'),
  });

  test('a placement uses each drive once, each node for one copy, and only drives that fit', () => {
    fc.assert(
      fc.property(cluster, wishes, (candidates, wish) => {
        const placement = place(request(wish), candidates);
        if (!placement.ok) return;
        const used = placement.spots.map((spot) => candidates.find(({ deviceID }) => deviceID === spot.deviceID)!);
        expect(used).toHaveLength(wish.copies * wish.drivesPerCopy);
        expect(new Set(used).size).toBe(used.length);
        expect(new Set(used.map(({ nodeName }) => nodeName)).size).toBe(wish.copies);
        expect(new Set(used.map(({ sectorSize }) => sectorSize)).size).toBe(1);
        for (const { freeBytes, excluded } of used) {
          expect(freeBytes).toBeGreaterThanOrEqual(10 * GiB);
          expect(excluded).toBeUndefined();
        }
      }),
    );
  });

  test('a refusal is right: no set of nodes would have done', () => {
    fc.assert(
      fc.property(cluster, wishes, (candidates, wish) => {
        if (place(request(wish), candidates).ok) return;
        for (const size of [512, 4096]) {
          const fitting = candidates.filter(
            ({ excluded, freeBytes, sectorSize }) => !excluded && freeBytes >= 10 * GiB && sectorSize === size,
          );
          const nodes = ['a', 'b', 'c', 'd'].filter(
            (node) => fitting.filter(({ nodeName }) => nodeName === node).length >= wish.drivesPerCopy,
          );
          expect(nodes.length).toBeLessThan(wish.copies);
        }
      }),
    );
  });
});
