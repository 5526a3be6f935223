import type { InSyncMember, MeshStorPartition, MeshStorVolumeSpec, MeshStorVolumeStatus } from '../../../src/api/model';
import { ArrayMemberState, ImportState, type Stack } from '../../../src/host/gen/host';
import { aMember, anImport, aStack, aSuperblock, aVolume, inArray, onDrive, recordOf } from '../../support/objects';
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
}
/** Recorded in session a of both drives; that is what the partitions are in unless told otherwise. */
const look = ({ spec, status, local, remote, partitions: all, stack }: Given) =>
  steps({
    volume: aVolume({ ...attached, ...spec }, status ?? record(recordIn(0, 'a'), recordIn(1, 'a'))),
    partitions: all ?? [local ?? onDrive(first, 'a'), remote ?? onDrive(second, 'a')],
    stack,
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
  const stack = { ...running(), device: undefined } as unknown as Stack;
  const stopping = (change: Partial<Stack>) => look({ spec: { nodeName: 'node2' }, stack: { ...stack, ...change } });
  test('leaves nothing in caches: its members are as good in any session', () => {
    expect(stopping({})).toEqual(['N2', 'stopArray, then record 0,1']);
  });
  test('did not reach a member without a path', () => {
    const broken = { members: pathless, imports: [importIn('a', ImportState.CONNECTING)] };
    expect(stopping(broken)).toEqual(['N2', 'stopArray, then record 0,1@a']);
  });
});
