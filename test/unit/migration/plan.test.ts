import { planOf, stepsOf, lowestInSync } from '../../../src/controllers/migration/plan';
import type { View } from '../../../src/controllers/migration/view';
import { aPartition } from '../../support/objects';
import { aMigration, drive, first, look, running, second, target } from './view';

function plan(change: Partial<View> = {}): string[] | string {
  const made = planOf(look(change));
  if (!made.ok) return `${made.reason}: ${made.message}`;
  return made.moves.map(({ source, target: to, nodeName, device, slot }) =>
    to ? `${source ?? 'nothing'} -> ${to} on ${nodeName} ${device} (${slot})` : `${source} leaves`,
  );
}
const from = (nodeName: string, spec: object = {}) => aMigration({ source: { nodeName }, ...spec });

describe('T1: a copy', () => {
  const striped = { numberOfCopies: 2, drivesPerCopy: 2 };
  const four = [first, aPartition(1, 'node1'), aPartition(2, 'node2'), aPartition(3, 'node2')];
  const two = ['node3', 'node4'].flatMap((node) => [
    drive(node),
    drive(node, { device: 'nvme1n1', deviceID: `${node}-1` }),
  ]);
  test('moves as a whole', () => {
    const change = { volume: running([0, 1, 2, 3], { spec: striped }), partitions: four, candidates: two };
    expect(plan({ ...change, migration: from('node2') })).toEqual([
      'pvc-1-2 -> pvc-1-4 on node3 nvme0n1 (4)',
      'pvc-1-3 -> pvc-1-5 on node3 nvme1n1 (5)',
    ]);
  });
});

describe('T2 and T4: adding and removing', () => {
  test('a copy is added only when fewer are there than wanted', () => {
    expect(plan({ migration: aMigration({ reason: 'Scaling' }) })).toMatch(
      /^InvalidSource: The volume has its 2 copies/,
    );
    const volume = running([0, 1], { spec: { numberOfCopies: 3 } });
    expect(plan({ migration: aMigration({ reason: 'Scaling' }), volume })).toEqual([
      'nothing -> pvc-1-2 on node3 nvme0n1 (2)',
    ]);
  });
  test('a copy is removed only while more are there than wanted', () => {
    const migration = from('node2', { reason: 'Scaling' });
    expect(plan({ migration })).toMatch(/^LastCopy/);
    expect(plan({ migration, partitions: [first, second, target()] })).toEqual(['pvc-1-1 leaves']);
  });
});

describe('T3: the target', () => {
  test('is on a node without a copy', () => {
    expect(plan({ candidates: [drive('node1'), drive('node2')] })).toMatch(
      /^NoCandidate: .*node1: nvme0n1 hosts a copy of this volume already; node2: nvme0n1 has a partition/,
    );
  });
  test('may be another drive of the node that is left', () => {
    const candidates = [drive('node1'), drive('node2'), drive('node2', { device: 'nvme1n1', deviceID: 'other' })];
    expect(plan({ candidates })).toEqual(['pvc-1-1 -> pvc-1-2 on node2 nvme1n1 (2)']);
  });
  test.each([
    ['that cannot be reached is on another node', 'Missing', 'node3 nvme0n1'],
    ['that failed may be on another drive of its node', 'Faulty', 'node2 nvme1n1'],
  ] as const)('of a member %s', (_, state, where) => {
    const entry = { name: 'pvc-1-1', nodeID: 'node2', device: 'nvme0n1', partitionUUID: 'x', state };
    const { status, ...volume } = running([0]);
    const candidates = [...look().candidates, drive('node2', { device: 'nvme1n1', deviceID: 'other' })];
    const migration = from('node2', { reason: 'MemberMissing' });
    const seen = { migration, candidates, volume: { ...volume, status: { ...status, partitions: [entry] } } };
    expect(plan(seen)).toEqual([`pvc-1-1 -> pvc-1-2 on ${where} (2)`]);
  });
  test('of an evacuation is on the same node rather than on another', () => {
    const candidates = [...look().candidates, drive('node2', { device: 'nvme1n1', deviceID: 'other' })];
    const migration = from('node2', { reason: 'Evacuation' });
    expect(plan({ candidates, migration })).toEqual(['pvc-1-1 -> pvc-1-2 on node2 nvme1n1 (2)']);
  });
  test("is the consumer's node where that has no copy", () => {
    const volume = running();
    volume.status!.owner!.nodeName = 'node4';
    expect(plan({ volume })).toEqual(['pvc-1-1 -> pvc-1-2 on node4 nvme0n1 (2)']);
  });
  test('is the one a person chose, or nothing', () => {
    expect(plan({ migration: from('node2', { target: { nodeName: 'node4' } }) })).toEqual([
      'pvc-1-1 -> pvc-1-2 on node4 nvme0n1 (2)',
    ]);
    const full = [drive('node3'), drive('node4', { freeBytes: 1 })];
    expect(plan({ migration: from('node2', { target: { nodeName: 'node4' } }), candidates: full })).toMatch(
      /^InvalidTarget: .*node4: nvme0n1 has 0\.00 GiB free/,
    );
    expect(plan({ migration: from('node2', { target: { nodeName: 'node9' } }) })).toMatch(/node9: has no drive known/);
  });
  test('gets a slot that nobody has or was promised', () => {
    expect(plan({ takenSlots: [0, 1, 2, 5] })).toEqual(['pvc-1-1 -> pvc-1-6 on node3 nvme0n1 (6)']);
  });
});

test('a plan is told in sentences, with the worst moment', () => {
  const view = look();
  const made = planOf(view);
  if (!made.ok) throw new Error(made.message);
  expect(stepsOf(view, made.moves)).toEqual([
    'make partition pvc-1-2 on node3 nvme0n1',
    'synchronise pvc-1-2',
    'remove pvc-1-1 from node2 nvme0n1 once every other member is in sync, and erase it',
  ]);
  expect(lowestInSync(view, made.moves)).toBe(2);
});
