import { ArrayMemberState, ImportState, SyncAction, type Stack } from '../../../src/host/gen/host';
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
import { startId } from '../../../src/controllers/volume/node/view';
import type { MeshStorPartition } from '../../../src/api/model';
import { both, attached, decided, healthy, owner, partitions, steps } from './decision';

describe('N8 and N9: assembling a recorded array', () => {
  const down = (...slots: number[]) =>
    aStack({
      imports: slots.includes(1) ? [anImport(1)] : [],
      members: slots.map((slot) => aMember(slot, { superblock: aSuperblock(slot) })),
    });
  const attempts = new Map([[anImport(1).nqn, new Error('refused')]]);
  const missing = { ...both, partitions: [{ name: 'pvc-1-1', nodeID: 'node2', state: 'Missing' as const }] };
  test('N8: nothing starts with a member whose connection is broken, though its path seems to work', () => {
    const broken = { ...down(0, 1), imports: [anImport(1, ImportState.CONNECTING)] };
    expect(steps({ stack: broken })).toEqual(['N9']);
  });
  test('N8: all recorded members together', () => {
    expect(steps({ stack: down(0, 1) })).toEqual(['N8', 'assembleArray 0,1 degraded']);
  });
  test('N8: only recorded ones, degraded', () => {
    const volume = aVolume(attached, { ...both, inSync: [recordOf(1)] });
    expect(steps({ volume, stack: down(0, 1) })).toEqual(['N8', 'assembleArray 1 degraded']);
  });
  test('N8: waits for one whose node lives', () => {
    expect(steps({ stack: down(0), attempts })).toEqual(['N9']);
  });
  test('N9: goes on without one whose node is dead, after the record', () => {
    expect(steps({ volume: aVolume(attached, missing), stack: down(0), attempts })).toEqual(['N9', 'record 0 away 1']);
  });
  test('N9: never without a recorded one in every mirror', () => {
    const volume = aVolume(attached, { ...missing, inSync: [recordOf(1)] });
    expect(steps({ volume, stack: down(0), attempts })).toEqual(['N9']);
  });
  test('N8: a member with another superblock than the recorded one is not it', () => {
    const stranger = down(0, 1);
    stranger.members[1]!.superblock!.memberUuid = 'ffffffff:ffffffff:ffffffff:ffffffff';
    expect(steps({ stack: stranger })).toEqual(['N9']);
  });
  test('N8: a member of another array is not it', () => {
    const stranger = down(0, 1);
    stranger.members[0]!.superblock!.arrayUuid = 'ffffffff-ffff-5fff-8fff-ffffffffffff';
    expect(steps({ stack: stranger })).toEqual(['N9']);
  });
});

describe('N9: members that md refuses to run together', () => {
  const refused = (...slots: number[]) => new Map([[startId(slots), new Error('its superblock is stale')]]);
  const at = (...events: number[]) =>
    aStack({
      imports: [anImport(1)],
      members: events.map((event, slot) => aMember(slot, { superblock: { ...aSuperblock(slot), events: event } })),
    });
  test.each<[string, number[], string[]]>([
    ['the one that is out of date is recorded no more, and joins anew', [9, 4], ['record 0']],
    ['whichever that is', [4, 9], ['record 1']],
    ['also when it is one event behind', [9, 8], ['record 0']],
    ['nothing is concluded from members that are equally fresh', [9, 9], []],
  ])('%s', (_, events, expected) => {
    expect(steps({ stack: at(...events), attempts: refused(0, 1) })).toEqual(['N9', ...expected]);
  });
  test('nothing is concluded before md has refused: a crash leaves them apart too', () => {
    expect(steps({ stack: at(9, 8) })).toEqual(['N8', 'assembleArray 0,1 degraded']);
    expect(steps({ stack: at(9, 4) })).toEqual(['N8', 'assembleArray 0,1 degraded']);
  });
  test('the rest is started at once', () => {
    const volume = aVolume(attached, { ...both, inSync: [recordOf(0)] });
    expect(steps({ volume, stack: at(9, 4), attempts: refused(0, 1) })).toEqual(['N8', 'assembleArray 0 degraded']);
  });

  describe('of a RAID10', () => {
    const volume = aVolume(
      { ...attached, drivesPerCopy: 2 },
      { ...both, inSync: [recordOf(0, 0), recordOf(1, 2), recordOf(2, 1), recordOf(3, 3)] },
    );
    const four = ['node1', 'node1', 'node2', 'node2'].map((node, slot) => aPartition(slot, node));
    const stack = (...events: number[]) => ({ ...at(...events), imports: [anImport(2), anImport(3)] });
    const decided = (...events: number[]) =>
      steps({ volume, partitions: four, stack: stack(...events), attempts: refused(0, 1, 2, 3) });
    test('only those go that are further behind than a crash leaves any', () => {
      expect(decided(9, 8, 4, 9)).toEqual(['N9', 'record 0,1,3']);
    });
    test('nothing is given up that the others do not have', () => {
      expect(decided(4, 9, 4, 9)).toEqual(['N9']);
      expect(decided(9, 9, 9, 4)).toEqual(['N9', 'record 0,1,2']);
    });
  });
});

describe('N12: joining', () => {
  const one = aVolume(attached, { ...both, inSync: [recordOf(0)] });
  test('a usable member that the array lacks is added', () => {
    const array = aStack({ running: [inArray(0)] }).array;
    expect(steps({ volume: one, stack: healthy({ array }) })).toEqual(['N12', 'addToArray 1']);
  });
  test('in a RAID10 of three copies one at a time, in the order of roles', () => {
    const nodes = ['node1', 'node1', 'node2', 'node2', 'node3', 'node3'];
    const six = nodes.map((node, slot) => aPartition(slot, node));
    const volume = aVolume(
      { ...attached, numberOfCopies: 3, drivesPerCopy: 2 },
      { ...both, inSync: [recordOf(0, 0), recordOf(1, 3)] },
    );
    const maps = (running: ReturnType<typeof inArray>[]) =>
      healthy({
        array: aStack({ running }).array,
        imports: [2, 3, 4, 5].map((slot) => anImport(slot)),
        members: [0, 1, 2, 3, 4, 5].map((slot) => aMember(slot)),
      });
    const base = [inArray(0, ArrayMemberState.IN_SYNC, 0), inArray(1, ArrayMemberState.IN_SYNC, 3)];
    expect(steps({ volume, partitions: six, stack: maps(base) })).toEqual(['N12', 'addToArray 2']);
    const waiting = [...base, inArray(2, ArrayMemberState.SPARE)];
    expect(steps({ volume, partitions: six, stack: maps(waiting) })[0]).not.toBe('N12');
    const placed = [...base, inArray(2, ArrayMemberState.RECOVERING, 1)];
    expect(steps({ volume, partitions: six, stack: maps(placed) })).toEqual(['N12', 'addToArray 4']);
  });
});

describe('N14: recording what md holds in sync', () => {
  const one = { ...both, inSync: [recordOf(0)] };
  test('a member enters the record when md reports it in sync', () => {
    expect(steps({ volume: aVolume(attached, one), stack: healthy() })).toEqual(['N14', 'record 0,1']);
  });
  test('not one whose partition is being deleted: it is erased as soon as nobody counts on it', () => {
    const leaving = aPartition(1, 'node2');
    leaving.metadata.deletionTimestamp = '2026-01-01T00:00:00Z';
    const partitions = [aPartition(0, 'node1'), leaving];
    expect(steps({ volume: aVolume(attached, one), partitions, stack: healthy() })).not.toContain('record 0,1');
  });
  test('not while it is being synchronised', () => {
    const array = {
      ...aStack({ running: [inArray(0), inArray(1, ArrayMemberState.RECOVERING)] }).array!,
      syncAction: SyncAction.RECOVER,
    };
    expect(steps({ volume: aVolume(attached, one), stack: healthy({ array }) })).toEqual([undefined]);
  });
  test('not while a failure of its path would be an error instead of a wait', () => {
    const members = [aMember(0), aMember(1, { queueing: false, path: undefined })];
    const imports = [anImport(1, ImportState.CONNECTING)];
    expect(steps({ volume: aVolume(attached, one), stack: healthy({ members, imports }) })).toEqual([undefined]);
  });
  test('the first record of a new array may wait for the first synchronisation, but not for ever', () => {
    const volume = aVolume({}, { owner: owner('Initialize') });
    const array = aStack({ running: [inArray(0), inArray(1, ArrayMemberState.RECOVERING)] }).array;
    const stack = healthy({ array, device: undefined });
    expect(steps({ volume, stack, mayDefer: true })).toEqual([undefined]);
    expect(steps({ volume, stack, mayDefer: false })).toEqual(['N14', 'record 0']);
  });
});

describe('N15: the volume device', () => {
  test.each<[string, Partial<Stack>, string[]]>([
    ['is made over a recorded array', { device: undefined }, ['applyDevice']],
    ['is reloaded when the array has another size', { device: aDevice({ sizeBytes: 1 }) }, ['applyDevice']],
    ['is resumed for the rightful owner', { device: aDevice({ suspended: true }) }, ['resumeDevice']],
  ])('%s', (_, change, expected) => {
    expect(steps({ stack: healthy(change) })).toEqual(['N15', ...expected]);
  });
  test('is not made over an array that is not recorded', () => {
    const volume = aVolume({}, { owner: owner('Initialize') });
    expect(steps({ volume, stack: healthy({ device: undefined }), mayDefer: true })[0]).not.toBe('N15');
  });
});

describe('N16: the file system', () => {
  const { formattedAt: _, ...blank } = both;
  test('is made once somebody is attached, and recorded', () => {
    expect(steps({ volume: aVolume(attached, blank), stack: healthy() })).toEqual(['N16', 'format', 'recordFormatted']);
  });
  test('is not made a second time', () => {
    expect(steps({ stack: healthy() })).toEqual([undefined]);
  });
  test('is not made before anybody is attached', () => {
    const volume = aVolume({}, { ...blank, owner: owner('Initialize') });
    expect(steps({ volume, stack: healthy() })).toEqual([undefined]);
  });
  test('is never made on a raw block volume', () => {
    const volume = aVolume({ ...attached, volumeMode: 'Block' }, blank);
    expect(steps({ volume, stack: healthy() })).toEqual([undefined]);
  });
});

describe('N17: the speed of a synchronisation', () => {
  const syncing = (syncAction: SyncAction, syncFloorKibPerSecond: number) => {
    const { array, ...stack } = healthy();
    return { ...stack, array: { ...array!, syncAction, syncFloorKibPerSecond } };
  };
  test.each<[string, SyncAction, number, string[]]>([
    ['has its share of the budget for a member that is rebuilt', SyncAction.RECOVER, 1_000, ['setSyncLimits']],
    ['has it after an unclean stop', SyncAction.RESYNC, 1_000, ['setSyncLimits']],
    ['is left as it is when it has that', SyncAction.RECOVER, 50_000, []],
    ["is nobody's matter while nothing is synchronised", SyncAction.IDLE, 0, []],
    ['is left to the person who asked for a check', SyncAction.CHECK, 1_000, []],
  ])('%s', (_, action, floor, expected) => {
    const rule = expected.length > 0 ? 'N17' : undefined;
    expect(steps({ stack: syncing(action, floor), syncShare: 50_000 })).toEqual([rule, ...expected]);
  });
  test('is next to nothing while everything that is copied onto is paused', () => {
    const [first, second] = partitions as [MeshStorPartition, MeshStorPartition];
    const held = { ...second, spec: { ...second.spec, copyPaused: true } };
    const { array, ...rest } = syncing(SyncAction.RECOVER, 50_000);
    const members = [inArray(0), inArray(1, ArrayMemberState.RECOVERING)];
    const limits = (stack: Stack, ...others: MeshStorPartition[]) => {
      const volume = aVolume(attached, { ...both, inSync: [recordOf(0)] });
      return decided({ volume, partitions: [first, ...others], stack, syncShare: 50_000 }).actions;
    };
    const copying = { ...rest, array: { ...array, members } };
    expect(limits(copying, held)).toEqual([{ verb: 'setSyncLimits', floor: 1, ceiling: 1 }]);
    expect(limits(copying, second)).toEqual([]);
    const slow = { ...copying, array: { ...copying.array, syncFloorKibPerSecond: 1 } };
    expect(limits(slow, held)).toEqual([]);
    expect(limits(slow, second)).toEqual([{ verb: 'setSyncLimits', floor: 50_000, ceiling: 100_000_000 }]);
    const waiting = [...members, inArray(2, ArrayMemberState.SPARE)];
    const behind = {
      ...slow,
      imports: [anImport(1), anImport(2)],
      members: [aMember(0), aMember(1), aMember(2)],
      array: { ...slow.array, members: waiting },
    };
    expect(limits(behind, held, aPartition(2, 'node3'))).toMatchObject([{ floor: 50_000 }]);
  });
});
