import type { InSyncMember, MeshStorPartition, MeshStorVolumeSpec, MeshStorVolumeStatus } from '../../../src/api/model';
import { ArrayMemberState, ImportState, type Stack } from '../../../src/host/gen/host';
import {
  aMember,
  anImport,
  aPartition,
  aStack,
  aSuperblock,
  aVolume,
  inArray,
  onDrive,
  recordOf,
} from '../../support/objects';
import { attached, both, healthy, partitions, steps } from './decision';

const [first, second] = partitions as [MeshStorPartition, MeshStorPartition];
const recordIn = (slot: number, driveSession: string): InSyncMember => ({
  ...recordOf(slot),
  driveSession,
  local: slot === 0,
});
const record = (...inSync: InSyncMember[]): MeshStorVolumeStatus => ({ ...both, inSync });
const importIn = (session: string, state: ImportState = ImportState.LIVE) => anImport(1, state, 1, session);
const pathIn = (session: string) => {
  const { nqn, namespaceUuid } = importIn(session);
  return { partitionUuid: second.spec.partitionUUID, nqn, namespaceUuid };
};

interface Given {
  spec?: Partial<MeshStorVolumeSpec>;
  status?: MeshStorVolumeStatus;
  local?: MeshStorPartition;
  remote?: MeshStorPartition;
  partitions?: MeshStorPartition[];
  stack: Stack;
  ran?: boolean;
}
/** Recorded in session a of both drives; that is what the partitions are in unless told otherwise. */
const look = ({ spec, status, local, remote, partitions: all, stack, ran }: Given) =>
  steps({
    volume: aVolume({ ...attached, ...spec }, status ?? record(recordIn(0, 'a'), recordIn(1, 'a'))),
    partitions: all ?? [local ?? onDrive(first, 'a'), remote ?? onDrive(second, 'a')],
    stack,
    ...(ran !== undefined && { ran }),
  });
const running = (change: Partial<Stack> = {}) =>
  healthy({ imports: [importIn('a')], members: [aMember(0), aMember(1, { path: pathIn('a') })], ...change });
const pathless = [aMember(0), aMember(1, { path: undefined })];

describe('a member whose drive, with a volatile cache, was without power while the array ran', () => {
  const remote = onDrive(second, 'b');
  const alone = { status: record(recordIn(0, 'a')), remote };
  test('is lost, whether its path was seen to break or not', () => {
    const gone = running({ members: pathless, imports: [] });
    expect(look({ remote, stack: gone })).toEqual(['N4', 'record 0@a away 1']);
    expect(look({ remote, stack: running() })).toEqual(['N4', 'record 0@a away 1']);
  });
  test('is taken out of the array once that is recorded, also when nothing was written to it since', () => {
    expect(look({ ...alone, stack: running() })).toEqual(['N4', 'fail 1']);
    const failing = aMember(1, { path: pathIn('a'), queueing: false });
    const stack = running({ members: [aMember(0), failing] });
    expect(look({ ...alone, stack })).toEqual(['N4', 'dropFromArray 1']);
  });
  test('joins anew, in full, by an import of the new session', () => {
    const { array } = aStack({ running: [inArray(0)] });
    const out = { array: { ...array!, raidDevices: 2 }, imports: [importIn('b')] };
    const old = running({ ...out, members: [aMember(0), aMember(1, { path: pathIn('a') })] });
    expect(look({ ...alone, stack: old })).toEqual(['N6', 'applyMember 1']);
    const back = aMember(1, { path: pathIn('b'), superblock: aSuperblock(1) });
    const stack = running({ ...out, members: [aMember(0), back] });
    const departed = [{ ...recordIn(1, 'a'), epoch: 1 }];
    expect(look({ ...alone, status: { ...alone.status, departed }, stack })).toEqual(['N12', 'record 0@a']);
    expect(look({ ...alone, stack })).toEqual(['N12', 'addToArray 1']);
  });
  test('goes on where it keeps everything', () => {
    const keeping = { status: both, local: first, remote: onDrive(second, 'b', false) };
    expect(look({ ...keeping, stack: healthy({ members: pathless }) })).toEqual(['N6', 'applyMember 1']);
  });
});

describe('the last member, whose drive may have forgotten writes', () => {
  const given = (imports: Stack['imports']): Given => ({
    status: record(recordIn(1, 'a')),
    partitions: [onDrive(second, 'b')],
    stack: healthy({
      imports,
      members: [aMember(1, { path: undefined })],
      array: aStack({ running: [inArray(1)] }).array!,
    }),
  });
  test('is neither connected nor given its path', () => {
    expect(look(given([])).join()).not.toContain('connect 1');
    expect(look(given([importIn('b')])).join()).not.toMatch(/record|applyMember|fail|drop/);
  });
  test('is believed when people said so, by the record, and only then gets its path', () => {
    const stuck = { ...given([importIn('b')]), spec: { memberLossPolicy: 'Available' as const } };
    expect(look(stuck)).toEqual(['N4', 'record 1@b']);
    expect(look({ ...stuck, status: record(recordIn(1, 'b')) })).toEqual(['N6', 'applyMember 1']);
  });
});

describe('a member that is being synchronised and lost its path', () => {
  const { array } = aStack({ running: [inArray(0), inArray(1, ArrayMemberState.RECOVERING)] });
  const status = record(recordIn(0, 'a'));
  const given = (imports: Stack['imports']) =>
    look({ status, stack: running({ imports, members: pathless, array: array! }) });
  test('gets it back as long as the import is there that it was added by', () => {
    expect(given([importIn('a')])).toEqual(['N6', 'applyMember 1']);
  });
  test('is taken out when it is not: nobody knows what its drive has kept of the copy', () => {
    expect(given([])).toEqual(['N4', 'fail 1']);
  });
});

describe('before an array is assembled', () => {
  const ready = (local: string, remote: string): Given & { stack: Stack } => ({
    local: onDrive(first, local),
    remote: onDrive(second, remote),
    stack: aStack({
      imports: [importIn(remote)],
      members: [
        aMember(0, { superblock: aSuperblock(0) }),
        aMember(1, { superblock: aSuperblock(1), path: pathIn(remote) }),
      ],
    }),
  });
  test('it is on record in which sessions its members will be written to', () => {
    expect(look({ ...ready('b', 'c'), status: both })).toEqual(['N8', 'record 0@b,1@c']);
    const status = record(recordIn(0, 'b'), recordIn(1, 'c'));
    expect(look({ ...ready('b', 'c'), status })).toEqual(['N8', 'assembleArray 0,1 degraded']);
  });
  test('that broke off, it goes without a member that may have forgotten something another one has', () => {
    expect(look(ready('a', 'b'))).toEqual(['N8', 'record 0@a away 1']);
  });
  test('that broke off with its node, it gets the member on that node too: the bitmap knows what was under way', () => {
    expect(look(ready('b', 'a'))).toEqual(['N8', 'record 0@b,1@a']);
  });
  test('that broke off on all its members, it gets the one that ended together with it', () => {
    expect(look(ready('b', 'c'))).toEqual(['N8', 'record 0@b away 1']);
  });
  describe('of which only one is left, which may lack what was flushed meanwhile', () => {
    const { stack, ...rest } = ready('a', 'b');
    const away = { name: first.metadata.name, nodeID: 'node3', state: 'Missing' as const };
    const given = {
      ...rest,
      local: { ...rest.local!, spec: { ...first.spec, nodeName: 'node3' } },
      status: { ...record(recordIn(0, 'a'), recordIn(1, 'a')), partitions: [away] },
      stack: { ...stack, members: [stack.members[1]!] },
    };
    test('nothing starts', () => {
      expect(look(given)).toEqual(['N9']);
    });
    test('it starts when people said so', () => {
      expect(look({ ...given, spec: { memberLossPolicy: 'Available' } })).toEqual(['N9', 'record 1@b away 0']);
    });
  });
});

describe('an array that has stopped', () => {
  const running = {
    ...record(recordIn(0, 'a'), recordIn(1, 'a')),
    array: { ...both.array!, state: 'Running' as const },
  };
  const members = [aMember(0), aMember(1, { path: pathIn('a') })];
  const after = (change: Partial<Stack> = {}, given: Partial<Given> = {}) =>
    look({
      spec: { nodeName: 'node2' },
      status: running,
      ...given,
      stack: { ...aStack({ imports: [importIn('a')], members }), ...change },
    });
  test('leaves nothing in caches: its members are as good in any session, which is recorded before its maps go', () => {
    expect(after()).toEqual(['N2', 'record 0,1']);
    expect(after({}, { status: { ...running, inSync: [recordOf(0), recordOf(1)] } })[1]).toBe('removeMember 0');
  });
  test('did not reach a member without a path, or one that has forgotten something since', () => {
    const broken = { members: pathless, imports: [importIn('a', ImportState.CONNECTING)] };
    expect(after(broken)).toEqual(['N2', 'record 0,1@a']);
    expect(after({ imports: [importIn('b')] }, { remote: onDrive(second, 'b') })).toEqual(['N2', 'record 0,1@a']);
  });
  test('or of which nobody saw that it was stopped, for its node lost power, leaves the record as it is', () => {
    expect(after({}, { ran: false })[1]).toBe('removeMember 0');
  });
  test('and is not known to have run under this epoch leaves the record as it is', () => {
    const array = { ...both.array!, state: 'Stopped' as const };
    expect(after({}, { status: { ...running, array } })[1]).toBe('removeMember 0');
    const earlier = { ...running.array, epoch: 0 };
    expect(after({}, { status: { ...running, array: earlier } })[1]).toBe('removeMember 0');
  });
});

describe('a record of another owner', () => {
  const mirrors = (local: boolean): InSyncMember => ({ ...recordIn(1, 'c'), local });
  test('says anew who is on the node of the array before it runs there', () => {
    const members = [
      aMember(0, { superblock: aSuperblock(0) }),
      aMember(1, { superblock: aSuperblock(1), path: pathIn('c') }),
    ];
    const given = {
      local: onDrive(first, 'b'),
      remote: onDrive(second, 'c'),
      stack: aStack({ imports: [importIn('c')], members }),
    };
    expect(look({ ...given, status: record({ ...recordIn(0, 'b'), local: false }, mirrors(true)) })).toEqual([
      'N8',
      'record 0@b,1@c',
    ]);
    expect(look({ ...given, status: record(recordIn(0, 'b'), mirrors(false)) })[1]).toContain('assembleArray');
  });
});

describe('a member on the node of the array whose drive alone was interrupted', () => {
  test('counts as little as any other', () => {
    const members = [
      aMember(0, { superblock: aSuperblock(0) }),
      aMember(1, { superblock: aSuperblock(1), path: pathIn('a') }),
    ];
    const given = (session: string): Given => ({
      status: record({ ...recordIn(0, 'boot.1') }, recordIn(1, 'a')),
      local: onDrive(first, session),
      stack: aStack({ imports: [importIn('a')], members }),
    });
    expect(look(given('boot.2'))).toEqual(['N8', 'record 1@a away 0']);
    expect(look(given('reboot.1'))).toEqual(['N8', 'record 0@reboot.1,1@a']);
  });
});

describe('where people accept what a drive has', () => {
  const spec = { memberLossPolicy: 'Available' as const };
  test('of several that may have forgotten something one is taken, the one that md wrote to last', () => {
    const remote = onDrive(aPartition(0, 'node3'), 'b');
    const superblock = (slot: number, events: number) => ({ ...aSuperblock(slot), events });
    const members = [
      aMember(0, { superblock: superblock(0, 7), path: { ...pathIn('b'), nqn: remote.status!.export!.nqn! } }),
      aMember(1, { superblock: superblock(1, 9), path: pathIn('b') }),
    ];
    const imports = [{ ...anImport(0), nqn: remote.status!.export!.nqn! }, importIn('b')];
    const status = record({ ...recordIn(0, 'a'), local: false }, recordIn(1, 'a'));
    const given = { status, local: remote, remote: onDrive(second, 'b'), stack: aStack({ imports, members }) };
    expect(look(given)).toEqual(['N9']);
    expect(look({ ...given, spec })).toEqual(['N8', 'record 1@b away 0']);
  });
});

test('of a RAID10 whose other set is lost, the set with a sound member takes back nobody who may have forgotten', () => {
  const four = ['node1', 'node1', 'node2', 'node2'].map((node, slot) => onDrive(aPartition(slot, node), 'a'));
  // Roles 0 and 1 mirror each other, and 2 and 3. The first drive of node1 is sound and not recorded yet; both of node2
  // were interrupted.
  const roleOf = [0, 2, 1, 3];
  const after = four.map((partition, slot) => (slot > 1 ? onDrive(partition, 'b') : partition));
  const inSync = [2, 3].map((slot) => ({ ...recordOf(slot, roleOf[slot]), driveSession: 'a', local: false }));
  const given = {
    volume: aVolume({ ...attached, drivesPerCopy: 2, memberLossPolicy: 'Available' }, record(...inSync)),
    partitions: after,
    stack: healthy({
      imports: [],
      members: [aMember(0), aMember(2, { path: undefined }), aMember(3, { path: undefined })],
      array: aStack({ running: [0, 2, 3].map((slot) => inArray(slot, ArrayMemberState.IN_SYNC, roleOf[slot])) }).array!,
    }),
  };
  expect(steps(given)).toEqual(['N4', 'record 0@a,3@b away 2']);
});
