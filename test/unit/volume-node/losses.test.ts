import type { MeshStorVolumeStatus } from '../../../src/api/model';
import { decide } from '../../../src/controllers/volume/node/decide';
import { slotId } from '../../../src/controllers/volume/node/view';
import { ArrayMemberState, ImportState, type Stack } from '../../../src/host/gen/host';
import { aMember, anImport, aPartition, aStack, aSuperblock, inArray, recordOf } from '../../support/objects';
import { attached, healthy, inUse, look, type Look } from './view';

function steps(given: Look): (string | undefined)[] {
  const { rule, actions } = decide(look(given));
  return [
    rule,
    ...actions.map((action) => {
      if (action.verb === 'record') return `record ${action.inSync.map(({ slot }) => slot).join()}`;
      if (action.verb === 'disconnect') return `disconnect ${action.nqn.split(':').at(-1)}`;
      if ('slot' in action) return `${action.verb} ${action.slot}`;
      return 'leg' in action ? `${action.verb} ${action.leg.slot}` : action.verb;
    }),
  ];
}

const recording = (...slots: number[]): MeshStorVolumeStatus => ({
  ...inUse,
  inSync: slots.map((slot) => recordOf(slot)),
});
const running = (...members: ReturnType<typeof inArray>[]): Stack['array'] => aStack({ running: members }).array;
const waiting = [aMember(0), aMember(1, { path: undefined })];
const local = [aPartition(0, 'node1')];

describe('N4: a recorded member that md writes without', () => {
  test.each([ArrayMemberState.FAULTY, ArrayMemberState.RECOVERING, ArrayMemberState.SPARE])(
    'is recorded no more, whoever put it into state %s',
    (state) => {
      expect(steps({ stack: healthy({ array: running(inArray(0), inArray(1, state)) }) })).toEqual(['N4', 'record 0']);
    },
  );
  test('is recorded no more when it is not in the array at all', () => {
    expect(steps({ stack: healthy({ array: running(inArray(0)) }) })).toEqual(['N4', 'record 0']);
  });
  test('stays on record while md says nothing that is known', () => {
    const array = running(inArray(0), inArray(1, ArrayMemberState.UNSPECIFIED));
    expect(steps({ stack: healthy({ array }) })[1]).not.toBe('record 0');
  });
});

describe('N4: of two members that are both on other nodes', () => {
  const remote = [aPartition(0, 'node2'), aPartition(1, 'node3')];
  const members = [aMember(0, { path: undefined }), aMember(1)].map((member) => ({
    ...member,
    path: member.path && aMember(1).path,
  }));
  const given = (state: ImportState) => {
    const imports = [anImport(0, ImportState.CONNECTING), anImport(1, state)];
    return { partitions: remote, stack: healthy({ imports, members, array: running(inArray(0), inArray(1)) }) };
  };
  test('one that is lost goes when the other one answers', () => {
    expect(steps(given(ImportState.LIVE))).toEqual(['N4', 'record 1']);
  });
  test('none goes while neither answers: whichever returns has everything, and I/O waits meanwhile', () => {
    expect(steps(given(ImportState.CONNECTING))[1]).not.toBe('record 1');
  });
});

describe('N4: a recorded member whose partition object is gone', () => {
  test('stays on record, and connected, while it takes part', () => {
    expect(steps({ partitions: local })).toEqual([undefined]);
  });
  test('is recorded no more once its path is lost: nobody will bring it back', () => {
    const stack = healthy({ imports: [anImport(1, ImportState.CONNECTING)], members: waiting });
    expect(steps({ partitions: local, stack })).toEqual(['N4', 'record 0']);
  });
  test.each<[string, Stack['array']]>([
    ['left the array', running(inArray(0))],
    ['was dropped by md', running(inArray(0), inArray(1, ArrayMemberState.FAULTY))],
  ])('is recorded no more once it %s', (_, array) => {
    expect(steps({ partitions: local, stack: healthy({ array }) })).toEqual(['N4', 'record 0']);
  });
  test('stays on record while no other member holds every write', () => {
    const stack = healthy({
      imports: [],
      members: waiting,
      array: running(inArray(0, ArrayMemberState.RECOVERING), inArray(1)),
    });
    expect(steps({ volume: attached(recording(1)), partitions: local, stack })).toEqual([undefined]);
  });
});

test('N4: the loss of one member takes no other off the record, with a partition object or without', () => {
  const partitions = [aPartition(0, 'node1'), aPartition(1, 'node2')];
  const stack = healthy({
    imports: [anImport(1, ImportState.CONNECTING), anImport(2)],
    members: [...waiting, aMember(2)],
    array: running(inArray(0), inArray(1), inArray(2)),
  });
  const volume = attached(recording(0, 1, 2), { numberOfCopies: 3 });
  expect(steps({ volume, partitions, stack })).toEqual(['N4', 'record 0,2']);
});

test('N8 and N9: an array is assembled without a member whose partition object is gone only after the record', () => {
  const stack = aStack({ members: [aMember(0, { superblock: aSuperblock(0) })] });
  expect(steps({ partitions: local, stack })).toEqual(['N9', 'record 0']);
  expect(steps({ volume: attached(recording(0)), partitions: local, stack })).toEqual(['N8', 'assembleArray']);
});

describe('N4: a member that is neither on record nor has a partition', () => {
  const volume = attached(recording(0));
  const lost = { imports: [], members: waiting };
  test('holds no I/O up once its path is lost', () => {
    const array = running(inArray(0), inArray(1, ArrayMemberState.RECOVERING));
    expect(steps({ volume, partitions: local, stack: healthy({ ...lost, array }) })).toEqual(['N4', 'fail 1']);
  });
  test('is let fail once', () => {
    const members = [aMember(0), aMember(1, { path: undefined, queueing: false })];
    const array = running(inArray(0), inArray(1, ArrayMemberState.RECOVERING));
    expect(steps({ volume, partitions: local, stack: healthy({ imports: [], members, array }) })[0]).not.toBe('N4');
  });
  test('is taken out when md dropped it and nothing waits for it any more, and then loses its map', () => {
    const array = running(inArray(0), inArray(1, ArrayMemberState.FAULTY));
    expect(steps({ volume, partitions: local, stack: healthy({ ...lost, array }) })).toEqual(['N4', 'fail 1']);
    const members = [aMember(0), aMember(1, { path: undefined, queueing: false })];
    expect(steps({ volume, partitions: local, stack: healthy({ ...lost, members, array }) })).toEqual([
      'N4',
      'removeFromArray 1',
    ]);
    const after = healthy({ ...lost, array: running(inArray(0)) });
    expect(steps({ volume, partitions: local, stack: after })).toEqual(['N3', 'removeMember 1']);
  });
  test("is dropped while it can be written to: it is not the volume's any more (N10)", () => {
    const array = running(inArray(0), inArray(1, ArrayMemberState.RECOVERING));
    expect(steps({ volume, partitions: local, stack: healthy({ imports: [], array }) })).toEqual([
      'N10',
      'dropFromArray 1',
    ]);
  });
});

describe('N4: a member that is not on record', () => {
  const volume = attached(recording(0));
  const array = running(inArray(0), inArray(1, ArrayMemberState.RECOVERING));
  test.each([ImportState.LIVE, ImportState.FENCED])('is not let fail while its import is %s', (state) => {
    const stack = healthy({ imports: [anImport(1, state)], members: waiting, array });
    expect(steps({ volume, stack })).not.toContain('fail 1');
  });
  test.each([ImportState.CONNECTING, ImportState.EMPTY])('is let fail while its import is %s', (state) => {
    const stack = healthy({ imports: [anImport(1, state)], members: waiting, array });
    expect(steps({ volume, stack })).toEqual(['N4', 'fail 1']);
  });
});

describe('what failed a moment ago', () => {
  const failed = (...ids: string[]) => new Map(ids.map((id) => [id, new Error('no')]));
  const volume = attached(recording(0));
  test('N3: an end of a connection does not hold a loss up', () => {
    const old = { ...anImport(1), nqn: `${anImport(1).nqn}9` };
    const stack = healthy({ imports: [old, anImport(1, ImportState.CONNECTING)], members: waiting });
    expect(steps({ stack })).toEqual(['N3', 'disconnect e19']);
    expect(steps({ stack, attempts: failed(old.nqn) })).toEqual(['N4', 'record 0']);
  });
  test('N3: a map that cannot be removed does not hold a loss up', () => {
    const array = running(inArray(0));
    const stack = healthy({ imports: [], array });
    expect(steps({ volume, partitions: local, stack })).toEqual(['N3', 'removeMember 1']);
    expect(steps({ volume, partitions: local, stack, attempts: failed(slotId(1)) })).toEqual([undefined]);
  });
  test('N4: a member that cannot be taken out does not hold the rest up', () => {
    const stack = healthy({ array: running(inArray(0), inArray(1, ArrayMemberState.FAULTY)), device: undefined });
    expect(steps({ volume, stack })).toEqual(['N4', 'removeFromArray 1']);
    expect(steps({ volume, stack, attempts: failed(slotId(1)) })).toEqual(['N15', 'applyDevice']);
  });
  test('N6: a map that cannot be loaded does not hold the others up', () => {
    const stack = aStack({ imports: [anImport(1)] });
    expect(steps({ stack })).toEqual(['N6', 'applyMember 0', 'applyMember 1']);
    expect(steps({ stack, attempts: failed(slotId(0)) })).toEqual(['N6', 'applyMember 1']);
  });
  test('N12: a member that cannot be added does not hold the record and the device up', () => {
    const array = running(inArray(0));
    const stack = healthy({ array, device: undefined });
    expect(steps({ volume, stack })).toEqual(['N12', 'addToArray 1']);
    expect(steps({ volume, stack, attempts: failed(slotId(1)) })).toEqual(['N15', 'applyDevice']);
  });
});
