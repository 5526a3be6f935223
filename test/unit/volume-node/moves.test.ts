import type { DepartedMember, MeshStorPartition, MeshStorVolumeStatus } from '../../../src/api/model';
import { ArrayMemberState, ImportState, SyncAction, type ArrayMember } from '../../../src/host/gen/host';
import {
  aMember,
  anImport,
  aPartition,
  aStack,
  aSuperblock,
  aVolume,
  inArray,
  memberUUIDOf,
  onDrive as onDriveIn,
  recordOf,
} from '../../support/objects';
import { attached, both, healthy, partitions, steps } from './decision';

const away = (slot: number, change: Partial<DepartedMember> = {}): DepartedMember => ({
  ...recordOf(slot),
  epoch: 1,
  driveSession: 'boot.1',
  ...change,
});
const onDrive = (partition: MeshStorPartition, session = 'boot.1', volatileWriteCache = true) =>
  onDriveIn(partition, session, volatileWriteCache);
/** What this partition is connected by. */
const importOf = ({ spec, status }: MeshStorPartition) => ({
  ...anImport(spec.slot),
  nqn: status!.export!.nqn!,
});
const going = (partition: MeshStorPartition): MeshStorPartition => ({
  ...partition,
  metadata: { ...partition.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' },
});
const succeeding = (slot: number, old: MeshStorPartition, node = 'node3'): MeshStorPartition => {
  const partition = aPartition(slot, node);
  return { ...partition, spec: { ...partition.spec, replaces: old.spec.partitionUUID } };
};
const array = (members: ArrayMember[], change: { syncAction?: SyncAction; raidDevices?: number } = {}) => ({
  ...aStack({ running: members }).array!,
  ...change,
});
const [first, second] = partitions as [MeshStorPartition, MeshStorPartition];
const recorded = (...slots: number[]) => ({ ...both, inSync: slots.map((slot) => recordOf(slot)) });
const carrying = (slot: number) => aMember(slot, { superblock: aSuperblock(slot) });

describe('N12: a member that was away', () => {
  const members = [aMember(0), carrying(1)];
  const alone = healthy({ members, array: array([inArray(0)]) });
  const back = (departed: DepartedMember | undefined, partition = onDrive(second), stack = alone) =>
    steps({
      volume: aVolume(attached, { ...recorded(0), ...(departed && { departed: [departed] }) }),
      partitions: [first, partition],
      stack: { ...stack, imports: [importOf(partition)] },
    });

  test('is taken back by the bitmap where nothing was lost meanwhile', () => {
    expect(back(away(1))).toEqual(['N12', 'addToArray 1 by bitmap']);
  });
  test.each<[string, Partial<DepartedMember>, MeshStorPartition]>([
    ['its drive, with a volatile cache, was without power', {}, onDrive(second, 'boot.2')],
    ['nobody knows whether its drive was without power', { driveSession: undefined }, onDrive(second)],
    ['it carries another superblock than the one that left', { memberUUID: memberUUIDOf(7) }, onDrive(second)],
  ])('is synchronised in full, after the bitmap is given up, when %s', (_, change, partition) => {
    expect(back(away(1, change), partition)).toEqual(['N12', 'record 0']);
  });
  test('is taken back by the bitmap after a loss of power too, if its drive has no volatile cache', () => {
    expect(back(away(1), onDrive(second, 'boot.2', false))).toEqual(['N12', 'addToArray 1 by bitmap']);
  });
  test('is synchronised in full when it left under an earlier epoch, or nobody recorded how', () => {
    expect(back(away(1, { epoch: 0 }))).toEqual(['N12', 'addToArray 1']);
    expect(back(undefined)).toEqual(['N12', 'addToArray 1']);
  });
  test('is synchronised in full when somebody has its role', () => {
    const stack = healthy({ members, array: array([inArray(0), inArray(5, ArrayMemberState.RECOVERING, 1)]) });
    expect(back(away(1), onDrive(second), stack)[1]).not.toContain('bitmap');
  });
  test('is not taken back at all when its drive answered with errors', () => {
    expect(back(away(1, { faulty: true }))[0]).not.toBe('N12');
  });
  test('comes before the one that was made to take its place', () => {
    const three = [first, onDrive(second), succeeding(2, second)];
    const stack = healthy({
      members: [...members, aMember(2)],
      imports: [importOf(onDrive(second)), anImport(2)],
      array: array([inArray(0)]),
    });
    const volume = aVolume(attached, { ...recorded(0), departed: [away(1)] });
    expect(steps({ volume, partitions: three, stack })).toEqual(['N12', 'addToArray 1 by bitmap']);
  });
  test('stays away once its successor is in the array: what the bitmap knew is used up', () => {
    const three = [first, onDrive(second), succeeding(2, second)];
    const stack = healthy({
      members: [...members, aMember(2)],
      imports: [importOf(onDrive(second)), anImport(2)],
      array: array([inArray(0), inArray(2, ArrayMemberState.RECOVERING, 1)], { syncAction: SyncAction.RECOVER }),
    });
    expect(steps({ volume: aVolume(attached, recorded(0)), partitions: three, stack })).toEqual([undefined]);
  });
});

describe('N13: a spare of a RAID10', () => {
  const striped = { ...attached, drivesPerCopy: 2 };
  const four = ['node1', 'node1', 'node2', 'node2'].map((nodeName, slot) => aPartition(slot, nodeName));
  // Roles 0 and 1 mirror each other, and 2 and 3.
  const roleOf = [0, 2, 1, 3];
  const record = (...slots: number[]) => ({ ...both, inSync: slots.map((slot) => recordOf(slot, roleOf[slot])) });
  const five = [...four, succeeding(4, four[2]!)];
  const members = roleOf.map((role, slot) => inArray(slot, ArrayMemberState.IN_SYNC, role));
  const spare = inArray(4, ArrayMemberState.SPARE);
  const stack = (all: ArrayMember[], syncAction: SyncAction = SyncAction.IDLE) =>
    healthy({
      members: [0, 1, 2, 3, 4].map((slot) => aMember(slot)),
      imports: [2, 3, 4].map((slot) => anImport(slot)),
      array: array(all, { syncAction, raidDevices: 4 }),
    });
  const look = (status: MeshStorVolumeStatus, all = stack([...members, spare])) => ({
    volume: aVolume(striped, status),
    partitions: five,
    stack: all,
  });
  test('takes the place of the member it was made for, once that is recorded no more', () => {
    expect(steps(look(record(0, 1, 2, 3)))).toEqual(['N13', 'record 0,1,3']);
    expect(steps(look(record(0, 1, 3)))).toEqual(['N13', 'replace 2 with 4']);
  });
  test("takes nobody's place when the others would not hold all data", () => {
    expect(steps(look(record(1, 2, 3)))[1]).not.toMatch(/replace|record 1,3/);
  });
  test('does not begin while its move is paused, or while another one does not answer', () => {
    const held = { ...five[4]!, spec: { ...five[4]!.spec, copyPaused: true } };
    const given = look(record(0, 1, 2, 3));
    expect(steps({ ...given, partitions: [...four, held] })).toEqual([undefined]);
    const imports = [anImport(2), anImport(3, ImportState.CONNECTING), anImport(4)];
    expect(steps({ ...look(record(0, 2, 3)), stack: { ...given.stack, imports } })[0]).not.toBe('N13');
  });
  test('waits while md synchronises something else', () => {
    const busy = stack([...members, spare], SyncAction.CHECK);
    expect(steps(look(record(0, 1, 2, 3), busy))).toEqual([undefined]);
  });
  test('takes no place before it is on record that nobody comes back by the bitmap', () => {
    const status = { ...record(0, 1, 3), departed: [away(9, { role: 9 })] };
    expect(steps(look(status))).toEqual(['N13', 'record 0,1,3']);
  });
  test('is recorded when it is complete; its predecessor is taken out', () => {
    const old = inArray(2, ArrayMemberState.FAULTY);
    const done = stack([members[0]!, members[1]!, old, members[3]!, inArray(4, ArrayMemberState.IN_SYNC, 1)]);
    expect(steps(look(record(0, 1, 3), done))).toEqual(['N4', 'removeFromArray 2']);
  });
  test('is copied from a member that does not enter the record meanwhile', () => {
    const copying = [
      ...members.map((member) => (member.slot === 2 ? { ...member, beingReplaced: true } : member)),
      { ...inArray(4, ArrayMemberState.RECOVERING, 1), replacement: true },
    ];
    expect(steps(look(record(0, 1, 3), stack(copying, SyncAction.RECOVER)))).toEqual([undefined]);
  });
  test('without one to replace takes the place of a member that is to go', () => {
    const leaving = [four[0]!, four[1]!, going(four[2]!), four[3]!, aPartition(4, 'node3')];
    expect(steps({ ...look(record(0, 1, 2, 3)), partitions: leaving })).toEqual(['N13', 'record 0,1,3']);
  });
});

describe('N10: a member that is to go', () => {
  const three = [first, going(second), aPartition(2, 'node3')];
  const stack = (...members: ArrayMember[]) =>
    healthy({
      members: [aMember(0), aMember(1), aMember(2)],
      imports: [anImport(1), anImport(2)],
      array: array(members, { raidDevices: 3 }),
    });
  const all = stack(inArray(0), inArray(1), inArray(2));
  test('is recorded no more, before md is told, once all others are in sync', () => {
    const volume = aVolume(attached, recorded(0, 1, 2));
    expect(steps({ volume, partitions: three, stack: all })).toEqual(['N10', 'record 0,2']);
  });
  test('is then dropped from the array', () => {
    const volume = aVolume(attached, recorded(0, 2));
    expect(steps({ volume, partitions: three, stack: all })).toEqual(['N10', 'dropFromArray 1']);
  });
  test.each<[string, number[], ArrayMember[]]>([
    ['another one is not recorded yet', [0, 1], [inArray(0), inArray(1), inArray(2, ArrayMemberState.RECOVERING)]],
    ['it is the last one', [1], [inArray(1)]],
  ])('stays while %s', (_, slots, members) => {
    const volume = aVolume(attached, recorded(...slots));
    const [rule, action] = steps({ volume, partitions: three, stack: stack(...members) });
    expect([rule, action?.split(' ')[0]]).not.toEqual(['N10', 'record']);
  });
  test('stays while the connection to another one is broken, though nothing was sent to it since', () => {
    const silent = { ...all, imports: [anImport(1), anImport(2, ImportState.CONNECTING)] };
    const volume = aVolume(attached, recorded(0, 1, 2));
    expect(steps({ volume, partitions: three, stack: silent })[0]).not.toBe('N10');
  });
  test('stays while the path of another one is lost', () => {
    const lost = { ...all, members: [aMember(0), aMember(1), aMember(2, { path: undefined })], imports: [anImport(1)] };
    const volume = aVolume(attached, recorded(0, 1, 2));
    expect(steps({ volume, partitions: three, stack: lost })[0]).not.toBe('N10');
  });
});

describe('N11: the roles of a RAID1', () => {
  const idle = (raidDevices: number, syncAction: SyncAction = SyncAction.IDLE) =>
    healthy({ array: array([inArray(0), inArray(1)], { raidDevices, syncAction }) });
  test('become more before a copy is added', () => {
    const volume = aVolume({ ...attached, numberOfCopies: 3 }, both);
    expect(steps({ volume, stack: idle(2) })).toEqual(['N11', 'setRoles 3']);
  });
  test('become less after one has gone', () => {
    expect(steps({ stack: idle(3) })).toEqual(['N11', 'setRoles 2']);
  });
  test('stay while md synchronises', () => {
    expect(steps({ stack: idle(3, SyncAction.RECOVER) })).toEqual([undefined]);
  });
  test('are more by one while a successor is made, which gets its own before it joins', () => {
    const three = [first, second, succeeding(2, second)];
    const members = [aMember(0), aMember(1), aMember(2)];
    const imports = [anImport(1), anImport(2)];
    const volume = aVolume(attached, both);
    const before = healthy({ members, imports, array: array([inArray(0), inArray(1)]) });
    expect(steps({ volume, partitions: three, stack: before })).toEqual(['N11', 'setRoles 3']);
    const after = { ...before, array: { ...before.array!, raidDevices: 3 } };
    expect(steps({ volume, partitions: three, stack: after })).toEqual(['N12', 'addToArray 2']);
  });
  test('are added for a spare that has none', () => {
    const three = [first, second, aPartition(2, 'node3')];
    const stack = healthy({
      members: [aMember(0), aMember(1), aMember(2)],
      imports: [anImport(1), anImport(2)],
      array: array([inArray(0), inArray(1), inArray(2, ArrayMemberState.SPARE)]),
    });
    expect(steps({ volume: aVolume(attached, both), partitions: three, stack })).toEqual(['N11', 'setRoles 3']);
  });
  test('are two for one copy, so that it can move', () => {
    const volume = aVolume({ ...attached, numberOfCopies: 1 }, recorded(0));
    const stack = healthy({ members: [aMember(0)], imports: [], array: array([inArray(0)], { raidDevices: 2 }) });
    expect(steps({ volume, partitions: [first], stack })).toEqual([undefined]);
  });
});
