import type { MeshStorMigration, MeshStorPartition, MeshStorVolume } from '../../../src/api/model';
import { layoutOf } from '../../../src/api/layout';
import { decide } from '../../../src/controllers/migration/decide';
import type { View } from '../../../src/controllers/migration/view';
import { aMigration, claim, first, going, look, move, running, second, started, target } from './view';

/** Rule, phase, reason, and what is done. */
function steps(change: Partial<View> = {}): string[] {
  const { rule, phase, reason, actions, moves } = decide(look(change));
  return [
    [rule, phase, reason].join(' '),
    ...(moves?.map(
      ({ source, target: to, nodeName }) => `${source ?? 'nothing'} -> ${to ?? 'nothing'} on ${nodeName}`,
    ) ?? []),
    ...actions.map((action) => `${action.verb} ${action.verb === 'createTarget' ? action.move.target : action.name}`),
  ];
}

const refusedBy = (partition: MeshStorPartition, reason: string): MeshStorPartition => ({
  ...partition,
  status: {
    state: 'Requested',
    conditions: [{ type: 'Ready', status: 'False', reason, message: `${reason}!`, lastTransitionTime: '' }],
  },
});

/** As it was reported last. */
const accepted = (migration: MeshStorMigration, reason: string): MeshStorMigration => ({
  ...migration,
  status: {
    ...migration.status,
    conditions: [{ type: 'Accepted', status: 'True', reason, message: '', lastTransitionTime: '' }],
  },
});
const missing = (volume: MeshStorVolume, name: string): MeshStorVolume => ({
  ...volume,
  status: { ...volume.status, partitions: [{ name, nodeID: 'node3', state: 'Missing' }] },
});

describe('M1 and M2: a migration that is over, or has nothing to move', () => {
  test('M1: stays as it ended', () => {
    expect(steps({ migration: aMigration({}, { phase: 'Failed' }) })[0]).toMatch(/^M1 Failed/);
  });
  test('M2: fails without a volume, and is cancelled when that is deleted', () => {
    expect(steps({ volume: undefined })).toEqual(['M2 Failed VolumeNotFound']);
    const volume = running();
    volume.metadata.deletionTimestamp = '2026-01-01T00:00:00Z';
    expect(steps({ volume })).toEqual(['M2 Cancelled VolumeDeleted']);
  });
});

describe('M3: cancelling', () => {
  const migration = started({ cancelled: true });
  const three = [first, second, target()];
  test('takes the targets back', () => {
    expect(steps({ migration, partitions: three })).toEqual(['M3 Running Cancelled', 'deletePartition pvc-1-2']);
    expect(steps({ migration, partitions: [first, second, going(target())] })).toEqual(['M3 Cancelled Cancelled']);
  });
  test('waits for one that is on record to leave it', () => {
    const volume = running([0, 1, 2]);
    expect(steps({ migration, volume, partitions: [first, second, going(target())] })).toEqual([
      'M3 Running Cancelled',
    ]);
  });
  test('comes too late once the source is being given up', () => {
    const volume = running([0, 1, 2]);
    expect(steps({ migration, volume, partitions: [first, going(second), target()] })[0]).toMatch(/^M10/);
  });
  test('comes too late once it is on record that the sources go, seen or not', () => {
    const late = accepted(migration, 'Removing');
    expect(steps({ migration: late, volume: running([0, 1, 2]), partitions: three })[0]).toMatch(/^M10/);
  });
  test('comes too late once the target is on record and the source is not: it is the copy that counts', () => {
    expect(steps({ migration, volume: running([0, 2]), partitions: three })[0]).toMatch(/^M10/);
  });
  test('of one that has not begun ends it', () => {
    expect(steps({ migration: aMigration({ cancelled: true }) })).toEqual(['M3 Cancelled Cancelled']);
  });
});

describe('M4: deciding', () => {
  test('what to move where comes before anything is made', () => {
    expect(steps()).toEqual(['M4 Preparing Planned', 'pvc-1-1 -> pvc-1-2 on node3']);
  });
  test('in a dry run changes nothing', () => {
    const migration = aMigration({ dryRun: true, source: { nodeName: 'node2' } });
    expect(steps({ migration })).toEqual(['M4 Completed DryRun', 'pvc-1-1 -> pvc-1-2 on node3']);
  });
  test.each<[string, Partial<View>, string]>([
    ['it is paused', { migration: aMigration({ paused: true, source: { nodeName: 'node2' } }) }, 'Paused Paused'],
    [
      'the array does not run',
      { volume: { ...running(), status: { ...running().status, array: {} } } },
      'Pending WaitingForArray',
    ],
    ['the node that ran the array is not heard of', { deadNodes: new Set(['node1']) }, 'Pending WaitingForArray'],
    [
      'too many nodes are silent for a replacement',
      { migration: aMigration({ reason: 'MemberMissing', source: { nodeName: 'node2' } }), storm: true },
      'Pending ManyNodesSilent',
    ],
    ['another member is not in sync yet', { volume: running([0]) }, 'Pending WaitingForSync'],
    [
      'another one of the volume is under way',
      { queue: { ...look().queue, others: [claim('other', { volumeName: 'pvc-1', started: true })] } },
      'Pending Queued',
    ],
  ])('waits while %s', (_, change, expected) => {
    expect(steps(change)).toEqual([`M4 ${expected}`]);
  });
  test('does not wait for the volume to be whole when it makes it so', () => {
    const migration = aMigration({ reason: 'MemberMissing', source: { nodeName: 'node2' } });
    expect(steps({ migration, volume: running([0]) })[0]).toBe('M4 Preparing Planned');
  });
  test('refuses at once what a person asked for and cannot be', () => {
    const nowhere = aMigration({ source: { nodeName: 'node9' } });
    expect(steps({ migration: nowhere })).toEqual(['M4 Failed InvalidSource']);
    const taken = aMigration({ source: { nodeName: 'node2' }, target: { nodeName: 'node1' } });
    expect(steps({ migration: taken })).toEqual(['M4 Failed InvalidTarget']);
  });
  test('tries again what the volume needs', () => {
    const migration = aMigration({ reason: 'MemberMissing', source: { nodeName: 'node2' } });
    expect(steps({ migration, candidates: [] })).toEqual(['M4 Pending NoCandidate']);
  });
});

describe('M5: a member that was missing', () => {
  const migration = started({ reason: 'MemberMissing' });
  test('is kept when it came back before its successor had anything', () => {
    expect(steps({ migration, partitions: [first, second, target()] })).toEqual([
      'M5 Running SourceReturned',
      'deletePartition pvc-1-2',
    ]);
    expect(steps({ migration })).toEqual(['M5 Cancelled SourceReturned']);
  });
  test.each(['Missing', 'Faulty'] as const)('is not back while it is %s, though it is still on record', (state) => {
    const lost = running();
    const entry = { name: second.metadata.name, nodeID: 'node2', state };
    const volume = { ...lost, status: { ...lost.status, partitions: [entry] } };
    expect(steps({ migration, volume })).toEqual(['M8 Preparing Planned', 'createTarget pvc-1-2']);
  });
  test('goes when its successor was begun', () => {
    const volume = running([0, 1], { inArray: [2] });
    expect(steps({ migration, volume, partitions: [first, second, target()] })[0]).toBe('M9 Running Synchronising');
  });
});

describe('M6: a target', () => {
  test('on a node that is silent together with many others is waited for', () => {
    const given = { migration: started(), partitions: [first, second, target()], deadNodes: new Set(['node3']) };
    expect(steps({ ...given, storm: true })[0]).toMatch(/^M9/);
    expect(steps(given)[0]).toMatch(/^M6/);
  });
  const automatic = started({ reason: 'ConsumerDrain' });
  test.each(['NoSpace', 'Foreign', 'DriveNotFound'])('that cannot be made (%s) is given up', (reason) => {
    expect(steps({ migration: automatic, partitions: [first, second, refusedBy(target(), reason)] })).toEqual([
      'M6 Running TargetLost',
      'deletePartition pvc-1-2',
    ]);
  });
  test('that is on its way out makes room for another decision', () => {
    const { moves, phase } = decide(look({ migration: automatic, partitions: [first, second, going(target())] }));
    expect([phase, moves]).toEqual(['Pending', []]);
  });
  test('that a person named ends the migration', () => {
    const migration = started({ target: { nodeName: 'node3' } });
    expect(steps({ migration, partitions: [first, second, going(target())] })).toEqual(['M6 Failed TargetLost']);
  });
  test('on a node that died is given up while it holds nothing, and kept once it does', () => {
    const given = { migration: automatic, partitions: [first, second, target()], deadNodes: new Set(['node3']) };
    expect(steps(given)).toEqual(['M6 Running TargetLost', 'deletePartition pvc-1-2']);
    expect(steps({ ...given, volume: running([0, 1, 2]) })[0]).toMatch(/^M10/);
  });
});

describe('M7: pausing what has begun', () => {
  const migration = started({ paused: true });
  test.each<[string, MeshStorPartition[], number[], string]>([
    ['makes nothing', [first, second], [0, 1], 'M7 Paused Paused'],
    ['waits for nothing', [first, second, target()], [0, 1], 'M7 Paused Paused'],
    ['gives nothing up', [first, second, target()], [0, 1, 2], 'M7 Paused Paused'],
    ['comes too late once a source goes', [first, going(second), target()], [0, 1, 2], 'M10 Running Removing'],
  ])('%s', (_, partitions, recorded, expected) => {
    expect(steps({ migration, partitions, volume: running(recorded) })).toEqual([expected]);
  });
  test('does not keep it from being cancelled', () => {
    const cancelled = started({ paused: true, cancelled: true });
    expect(steps({ migration: cancelled, partitions: [first, second, target()] })[0]).toBe('M3 Running Cancelled');
  });
});

describe('M8 to M11: the way of a move', () => {
  const migration = started();
  test('M8: the target is made', () => {
    expect(steps({ migration })).toEqual(['M8 Preparing Planned', 'createTarget pvc-1-2']);
  });
  test('M9: it joins the array and is synchronised', () => {
    const partitions = [first, second, target()];
    expect(steps({ migration, partitions })).toEqual(['M9 Preparing WaitingForTarget']);
    const volume = running([0, 1], { inArray: [2] });
    expect(steps({ migration, partitions, volume })).toEqual(['M9 Running Synchronising']);
  });
  test('M10: the source goes once it is recorded, and the volume whole without it', () => {
    const partitions = [first, second, target()];
    const volume = running([0, 1, 2]);
    expect(steps({ migration, partitions, volume })).toEqual(['M10 Running Removing']);
    const onRecord = accepted(migration, 'Removing');
    expect(steps({ migration: onRecord, partitions, volume })).toEqual([
      'M10 Running Removing',
      'deletePartition pvc-1-1',
    ]);
    expect(steps({ migration, partitions, volume: running([1, 2]) })).toEqual(['M10 Running WaitingForSync']);
    const leaving = [first, going(second), target()];
    expect(steps({ migration, partitions: leaving, volume: running([0, 1, 2]) })).toEqual(['M10 Running Removing']);
  });
  test.each<[string, Partial<View>]>([
    ['is on a node that is not heard of', { deadNodes: new Set(['node3']) }],
    ['is missed by the volume', { volume: missing(running([0, 1, 2]), 'pvc-1-2') }],
  ])('M10: the source stays while the target %s, whatever is on record', (_, change) => {
    const given = { migration, partitions: [first, second, target()], volume: running([0, 1, 2]) };
    expect(steps({ ...given, ...change })).toEqual(['M10 Running WaitingForSync']);
  });
  test('M10: the source stays for good when the volume is to have more copies by now', () => {
    const moved = started({}, [move]);
    const decidedForTwo = { ...moved, status: { ...moved.status, lowestInSync: 2 } };
    const volume = running([0, 1, 2], { spec: { numberOfCopies: 3 } });
    const given = { migration: decidedForTwo, partitions: [first, second, target()], volume };
    expect(steps({ ...given, layout: layoutOf(volume.spec) })).toEqual(['M11 Completed Completed']);
  });
  test('M3: a target that holds every write stays when the volume is to have more copies by now', () => {
    const volume = running([0, 1, 2], { spec: { numberOfCopies: 3 } });
    const given = { migration: started({ cancelled: true }), partitions: [first, second, target()], volume };
    expect(steps({ ...given, layout: layoutOf(volume.spec) })).toEqual(['M3 Cancelled Cancelled']);
  });
  test('M11: it is over when the source is recorded no more, wherever its partition is', () => {
    expect(steps({ migration, partitions: [first, going(second), target()], volume: running([0, 2]) })).toEqual([
      'M11 Completed Completed',
    ]);
    expect(steps({ migration, partitions: [first, target()], volume: running([0, 2]) })).toEqual([
      'M11 Completed Completed',
    ]);
  });
  test('a copy is added without anything to remove', () => {
    const { source: _, ...addition } = move;
    const adding = started({ reason: 'Scaling' }, [addition]);
    const volume = running([0, 1, 2], { spec: { numberOfCopies: 3 } });
    expect(steps({ migration: adding, volume, partitions: [first, second, target()] })).toEqual([
      'M11 Completed Completed',
    ]);
  });
  test('a copy is removed when the others are in sync', () => {
    const removal = started({ reason: 'Scaling' }, [{ source: 'pvc-1-2' }]);
    const partitions = [first, second, target()];
    const onRecord = accepted(removal, 'Removing');
    expect(steps({ migration: onRecord, partitions, volume: running([0, 1, 2]) })[1]).toBe('deletePartition pvc-1-2');
    expect(steps({ migration: removal, partitions, volume: running([0, 2]) })).toEqual(['M10 Running WaitingForSync']);
  });
});
