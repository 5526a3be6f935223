import type { MeshStorVolume } from '../../../src/api/model';
import { ArrayMemberState, ImportState } from '../../../src/host/gen/host';
import {
  aDevice,
  aMember,
  anImport,
  aPartition,
  aStack,
  aSuperblock,
  aVolume,
  inArray,
  recordOf,
} from '../../support/objects';
import { stopId } from '../../../src/controllers/volume/node/view';
import { both, attached, partitions, healthy, owner, steps, type Case } from './decision';

const pathless = healthy({ device: undefined, members: [aMember(0), aMember(1, { path: undefined })] });
const hung = new Map([[stopId, new Error('mdadm --stop did not end')]]);

describe('N1: the stack of a volume this node does not own', () => {
  const elsewhere = aVolume({ nodeName: 'node2' }, { ...both, owner: { ...owner('Attach', 2), nodeName: 'node2' } });
  test.each<[string, Case, string[]]>([
    [
      'is frozen while somebody has it open',
      { volume: elsewhere, stack: healthy({ device: aDevice({ openCount: 1 }) }) },
      ['suspendDevice'],
    ],
    [
      'is left frozen until it is closed',
      { volume: elsewhere, stack: healthy({ device: aDevice({ openCount: 1, suspended: true }) }) },
      [],
    ],
    ['loses its device once nobody has it open', { volume: elsewhere, stack: healthy() }, ['removeDevice']],
    ['loses its array after the device', { volume: elsewhere, stack: healthy({ device: undefined }) }, ['stopArray']],
    [
      'loses its array although a path is lost: no member is told of that',
      { volume: elsewhere, stack: pathless },
      ['stopArray'],
    ],
    [
      'stops waiting for a path that was lost while the array was being stopped',
      { volume: elsewhere, stack: pathless, attempts: hung },
      ['fail 1'],
    ],
    [
      'loses its maps after the array',
      { volume: elsewhere, stack: aStack({ members: [aMember(0), aMember(1)], imports: [anImport(1)] }) },
      ['removeMember 0', 'removeMember 1'],
    ],
    ['loses its connections last', { volume: elsewhere, stack: aStack({ imports: [anImport(1)] }) }, ['disconnect e1']],
    ['is taken down just so when the volume is gone', { volume: undefined, stack: healthy() }, ['removeDevice']],
    [
      'is taken down just so when this node owns the volume again but built the stack under an earlier epoch',
      { volume: aVolume(attached, { ...both, owner: owner('Attach', 3) }), stack: healthy() },
      ['removeDevice'],
    ],
  ])('%s', (_, given, expected) => {
    expect(steps(given)).toEqual(['N1', ...expected]);
  });
});

describe('N1: an owner that is fenced off by a provider', () => {
  const imports = [anImport(1, ImportState.FENCED)];
  const open = (change = {}) => healthy({ imports, device: aDevice({ openCount: 1, ...change }) });
  const shrunk = aVolume(attached, { ...both, inSync: [recordOf(0)] });
  const joining = aStack({ running: [inArray(0), inArray(1, ArrayMemberState.RECOVERING)] }).array;
  test.each<[string, Case, (string | undefined)[]]>([
    ['answers nobody from then on', { stack: open() }, ['N1', 'suspendDevice']],
    ['is frozen once', { stack: open({ suspended: true }) }, [undefined]],
    ['is frozen once, also while what is below it does not end', { stack: open(), freezing: true }, [undefined]],
    [
      'goes on when what is fenced is not recorded',
      { volume: shrunk, stack: { ...open(), array: joining } },
      [undefined],
    ],
    [
      'goes on when the fence has gone',
      { stack: healthy({ device: aDevice({ suspended: true }) }) },
      ['N15', 'resumeDevice'],
    ],
    ['goes on so also when it was being frozen', { stack: healthy(), freezing: true }, ['N15', 'resumeDevice']],
  ])('%s', (_, given, expected) => {
    expect(steps(given)).toEqual(expected);
  });
  test('and not wanted lets a mount that is left be unmounted once the fence has gone', () => {
    const volume = aVolume({}, both);
    const device = aDevice({ openCount: 1, suspended: true });
    expect(steps({ volume, stack: healthy({ device }) })).toEqual(['N2', 'resumeDevice']);
    expect(steps({ volume, stack: open({ suspended: true }) })).toEqual(['N2']);
  });
});

describe('N2: an owner that is not wanted', () => {
  const cases: [string, MeshStorVolume][] = [
    ['after its consumer let go', aVolume({ ...attached, releasedEpoch: 1 }, both)],
    ['after it was detached', aVolume({}, both)],
    ['after the volume was attached elsewhere', aVolume({ nodeName: 'node2' }, both)],
    ['when the volume is deleted', aVolume({}, both, { deletionTimestamp: '2026-01-01T00:00:00Z' })],
  ];
  test.each(cases)('takes the stack down %s', (_, volume) => {
    expect(steps({ volume, stack: healthy() })).toEqual(['N2', 'removeDevice']);
  });
  test('keeps the stack for a mount that is still there', () => {
    expect(steps({ volume: cases[0]![1], stack: healthy({ mountPaths: ['/staging'] }) })).toEqual(['N2']);
  });
  test('of a deleted volume does not wait for providers that may withdraw while its array is stopped', () => {
    const volume = aVolume({}, both, { deletionTimestamp: '2026-01-01T00:00:00Z' });
    expect(steps({ volume, stack: healthy({ device: undefined }) })).toEqual(['N2', 'fail 0', 'fail 1']);
    const members = [aMember(0, { queueing: false }), aMember(1, { queueing: false })];
    expect(steps({ volume, stack: healthy({ device: undefined, members }) })).toEqual(['N2', 'stopArray']);
  });
  test('of a volume that stays tells no member of another that its path is lost', () => {
    for (const stack of [healthy({ device: undefined }), pathless]) {
      expect(steps({ volume: aVolume({}, both), stack })).toEqual(['N2', 'stopArray']);
    }
  });
  test('whose array did not stop lets only those fail that lost their path meanwhile, and then stops it again', () => {
    const volume = aVolume({}, both);
    expect(steps({ volume, stack: pathless, attempts: hung })).toEqual(['N2', 'fail 1']);
    expect(steps({ volume, stack: healthy({ device: undefined }), attempts: hung })).toEqual(['N2']);
    const members = [aMember(0), aMember(1, { path: undefined, queueing: false })];
    const failing = healthy({ device: undefined, members });
    expect(steps({ volume, stack: failing, attempts: hung })).toEqual(['N2']);
    expect(steps({ volume, stack: failing })).toEqual(['N2', 'stopArray']);
  });
  test('keeps a volume that is deleted but still attached', () => {
    const volume = aVolume(attached, both, { deletionTimestamp: '2026-01-01T00:00:00Z' });
    expect(steps({ volume, stack: healthy() })).toEqual([undefined]);
  });
  test('runs a new volume that nobody uses yet', () => {
    const volume = aVolume({}, { ...both, owner: owner('Initialize') });
    expect(steps({ volume, stack: healthy() })).toEqual([undefined]);
  });
});

describe('N3: leftovers', () => {
  test('a connection of an earlier epoch is ended', () => {
    const volume = aVolume(attached, { ...both, owner: owner('Attach', 2) });
    const stack = aStack({ imports: [anImport(1, ImportState.LIVE, 1)] });
    expect(steps({ volume, stack })).toEqual(['N3', 'disconnect e1']);
  });
  test('the map of a partition that is gone is removed', () => {
    const volume = aVolume(attached, { ...both, inSync: [recordOf(0)] });
    const stack = healthy({ imports: [], array: aStack({ running: [inArray(0)] }).array });
    expect(steps({ volume, partitions: [partitions[0]!], stack })).toEqual(['N3', 'removeMember 1']);
  });
  test('the map of a recorded member is kept although its partition cannot be seen', () => {
    expect(steps({ partitions: [partitions[0]!], stack: healthy({ imports: [] }) })[0]).not.toBe('N3');
  });
});

describe('N4: the loss of a member', () => {
  const lost = {
    imports: [anImport(1, ImportState.CONNECTING)],
    members: [aMember(0), aMember(1, { path: undefined })],
  };
  const shrunk = aVolume(attached, { ...both, inSync: [recordOf(0)] });
  test('is recorded before anything else happens', () => {
    expect(steps({ stack: healthy(lost) })).toEqual(['N4', 'record 0 away 1']);
  });
  test('is recorded also when md dropped the member by itself', () => {
    const array = aStack({ running: [inArray(0), inArray(1, ArrayMemberState.FAULTY)] }).array;
    expect(steps({ stack: healthy({ array }) })).toEqual(['N4', 'record 0 faulty 1']);
  });
  test('lets md drop the member only after the record', () => {
    expect(steps({ volume: shrunk, stack: healthy(lost) })).toEqual(['N4', 'fail 1']);
  });
  test('takes what md dropped out of the array after the record, once its map holds nothing back', () => {
    const array = aStack({ running: [inArray(0), inArray(1, ArrayMemberState.FAULTY)] }).array;
    expect(steps({ volume: shrunk, stack: healthy({ ...lost, array }) })).toEqual(['N4', 'fail 1']);
    const members = [aMember(0), aMember(1, { path: undefined, queueing: false })];
    const stack = healthy({ ...lost, members, array });
    expect(steps({ volume: shrunk, stack })).toEqual(['N4', 'removeFromArray 1']);
  });
  test('is not recorded while its provider only fenced it: a newer owner exists', () => {
    const device = aDevice({ suspended: true });
    const fenced = { ...lost, imports: [anImport(1, ImportState.FENCED)], device };
    expect(steps({ stack: healthy(fenced) })).toEqual([undefined]);
  });
  test('is not recorded when the connection is back already: the path is loaded instead', () => {
    expect(steps({ stack: healthy({ ...lost, imports: [anImport(1)] }) })).toEqual(['N6', 'applyMember 1']);
  });
  test('of the last recorded member is never recorded', () => {
    const volume = aVolume(attached, { ...both, inSync: [recordOf(1)] });
    const array = aStack({ running: [inArray(0, ArrayMemberState.RECOVERING), inArray(1)] }).array;
    expect(steps({ volume, stack: healthy({ ...lost, array }) })).toEqual([undefined]);
  });
  test('of both halves of one RAID10 mirror is not recorded, of one half of each is', () => {
    const spec = { ...attached, drivesPerCopy: 2 };
    const four = [aPartition(0, 'node1'), aPartition(1, 'node1'), aPartition(2, 'node2'), aPartition(3, 'node2')];
    const roles = [recordOf(0, 0), recordOf(1, 2), recordOf(2, 1), recordOf(3, 3)];
    const volume = aVolume(spec, { ...both, inSync: roles });
    const running = roles.map(({ slot, role }) => inArray(slot, ArrayMemberState.IN_SYNC, role));
    const without = (...slots: number[]) =>
      healthy({
        array: aStack({ running }).array,
        imports: [2, 3].map((slot) => anImport(slot, slots.includes(slot) ? ImportState.CONNECTING : ImportState.LIVE)),
        members: [0, 1, 2, 3].map((slot) => aMember(slot, slots.includes(slot) ? { path: undefined } : {})),
      });
    expect(steps({ volume, partitions: four, stack: without(2, 3) })).toEqual(['N4', 'record 0,1 away 2 away 3']);
    expect(steps({ volume, partitions: four, stack: without(1, 2) })).toEqual(['N4', 'record 0,3 away 1 away 2']);
    expect(steps({ volume, partitions: four, stack: without(0, 2) })[1]).not.toMatch(/^record/);
  });
});

describe('N5: connecting', () => {
  test('a remote partition that serves this epoch is connected', () => {
    expect(steps({ stack: aStack() })).toEqual(['N5', 'connect 1']);
  });
  test('one that has not confirmed this epoch is not', () => {
    const behind = [partitions[0]!, { ...aPartition(1, 'node2'), status: { state: 'Created' as const } }];
    expect(steps({ partitions: behind, stack: aStack() })).toEqual(['N6', 'applyMember 0']);
  });
  test('one that is being connected holds nothing else up', () => {
    const attempts = new Map([[anImport(1).nqn, undefined]]);
    expect(steps({ stack: aStack(), attempts })).toEqual(['N6', 'applyMember 0']);
  });
});

describe('N6: member maps', () => {
  test('a reachable partition gets its map', () => {
    expect(steps({ stack: aStack({ imports: [anImport(1)] }) })).toEqual(['N6', 'applyMember 0', 'applyMember 1']);
  });
  test('a map that has its path back holds I/O again', () => {
    const members = [aMember(0), aMember(1, { queueing: false })];
    expect(steps({ stack: healthy({ members }) })).toEqual(['N6', 'queue 1']);
  });
  test('a local partition that is still exported, or whose epoch is behind, gets none', () => {
    const exported = { ...aPartition(0, 'node1'), status: aPartition(0, 'node2').status! };
    const stack = aStack({ imports: [anImport(1)] });
    expect(steps({ partitions: [exported, partitions[1]!], stack })).toEqual(['N6', 'applyMember 1']);
  });
});

describe('N7: the first array', () => {
  const unborn = aVolume({}, { owner: owner('Initialize') });
  const stack = (...superblocks: number[]) =>
    aStack({
      imports: [anImport(1)],
      members: [0, 1].map((slot) => aMember(slot, superblocks.includes(slot) ? { superblock: aSuperblock(slot) } : {})),
    });
  test('is made on the local copy', () => {
    expect(steps({ volume: unborn, stack: stack() })).toEqual(['N7', 'createArray 0,-1']);
  });
  test('waits for the local copy rather than starting on another', () => {
    const pending = [{ ...aPartition(0, 'node1'), status: {} }, partitions[1]!];
    const only = aStack({ imports: [anImport(1)], members: [aMember(1)] });
    expect(steps({ volume: unborn, partitions: pending, stack: only })).toEqual(['N7']);
  });
  test('is made on a remote copy when none is local', () => {
    const remote = [aPartition(0, 'node2'), aPartition(1, 'node3')];
    const only = aStack({ imports: [anImport(0), anImport(1)], members: [aMember(0), aMember(1)] });
    expect(steps({ volume: unborn, partitions: remote, stack: only })).toEqual(['N7', 'createArray 0,-1']);
  });
  test('is made anew where a crash came between making and recording it: nobody was ever given it', () => {
    expect(steps({ volume: unborn, stack: stack(0) })).toEqual(['N7', 'createArray 0,-1']);
  });
  test('puts the drives of one copy into different mirrors', () => {
    const volume = aVolume({ drivesPerCopy: 2 }, { owner: owner('Initialize') });
    const four = [aPartition(0, 'node1'), aPartition(1, 'node1'), aPartition(2, 'node2'), aPartition(3, 'node2')];
    const maps = aStack({ imports: [anImport(2), anImport(3)], members: [0, 1, 2, 3].map((slot) => aMember(slot)) });
    expect(steps({ volume, partitions: four, stack: maps })).toEqual(['N7', 'createArray 0,-1,1,-1']);
  });
  test('never follows once an array was recorded', () => {
    expect(steps({ stack: stack() })).toEqual(['N9']);
  });
});
