import type {
  MeshStorMigration,
  MeshStorPartition,
  MeshStorVolume,
  MeshStorVolumeStatus,
} from '../../../src/api/model';
import { stateOf } from '../../../src/controllers/volume/cluster/report';
import { aPartition, aVolume, recordOf } from '../../support/objects';
import { aMigration } from '../migration/view';
import {
  now,
  earlier,
  owner,
  running,
  stopped,
  inUse,
  both,
  look,
  report,
  condition,
  deleting,
  used,
  says,
  type Case,
} from './reporting';

describe('the phase', () => {
  test.each<[string, string, Case]>([
    ['Requested', 'nothing is placed', { volume: aVolume(), partitions: [] }],
    ['Requested', 'the array is not made', { volume: aVolume({}, { owner }) }],
    ['Syncing', 'a new array has one member in sync', { volume: used({ inSync: [recordOf(0)], phase: 'Requested' }) }],
    ['Synced', 'all members are in sync', { volume: used({ phase: 'Syncing' }) }],
    ['Synced', 'more members are in sync than are wanted', { volume: used({}, { numberOfCopies: 1 }) }],
    [
      'Synced',
      'a member was lost and nothing is done about it',
      { volume: used({ inSync: [recordOf(0)], phase: 'Synced', mdState: 'degraded' }) },
    ],
    [
      'Syncing',
      'a lost member is being synchronised',
      { volume: used({ inSync: [recordOf(0)], phase: 'Synced', mdState: 'recovering' }) },
    ],
    [
      'Syncing',
      'the synchronisation of a lost member broke off',
      { volume: used({ inSync: [recordOf(0)], phase: 'Syncing', mdState: 'degraded' }) },
    ],
    ['Failed', 'no partition with every write exists any more', { partitions: [aPartition(2, 'node3')] }],
    ['Synced', 'its partitions were asked for and cannot be seen yet', { partitions: [], promised: both }],
    [
      'Synced',
      'one partition with every write is left, of two, and the volume was whole',
      { volume: used({ phase: 'Synced' }), partitions: [both[1]!] },
    ],
    ['Synced', 'a partition with every write is deleted, but there', { partitions: both.map(going) }],
    ['Deleting', 'the volume is deleted, whatever else', { volume: aVolume({}, inUse, deleting), partitions: [] }],
  ])('is %s when %s', (phase, _, given) => {
    expect(report(given).phase).toBe(phase);
  });
});

function going(partition: MeshStorPartition): MeshStorPartition {
  return { ...partition, metadata: { ...partition.metadata, ...deleting } };
}

function building(volume: MeshStorVolume): MeshStorVolume {
  return { ...volume, status: { ...volume.status, owner: { ...owner, purpose: 'Initialize' } } };
}

function moveTo({ metadata, spec }: MeshStorPartition, phase: 'Running' | 'Completed' = 'Running'): MeshStorMigration {
  const { nodeName, device, deviceID, slot } = spec;
  const moves = [{ target: metadata.name, nodeName, device, deviceID, slot }];
  return aMigration({ reason: 'MemberMissing' }, { phase, moves });
}

describe('the state of a partition', () => {
  const of = (given: Case, slot = 1) => {
    const view = look(given);
    return stateOf(view, view.partitions[slot]!);
  };
  const member = (state: 'InSync' | 'Recovering' | 'Spare' | 'Faulty' | 'Waiting' | 'Missing', inSync = [0, 1]) =>
    used({
      inSync: inSync.map((slot) => recordOf(slot)),
      array: { ...running, members: [{ partitionUUID: both[1]!.spec.partitionUUID, state }] },
    });
  test.each<[string, string, Case]>([
    ['Synced', 'its owner holds it in sync and recorded it', { volume: member('InSync') }],
    ['Syncing', 'its owner holds it in sync and has not recorded it', { volume: member('InSync', [0]) }],
    ['Syncing', 'it is being synchronised', { volume: member('Recovering', [0]) }],
    ['Spare', 'it waits to be synchronised', { volume: member('Spare', [0]) }],
    ['Faulty', 'md dropped it', { volume: member('Faulty') }],
    ['Missing', 'its owner cannot reach it', { volume: member('Waiting') }],
    ['Synced', 'its owner writes to it although its node seems silent', { volume: member('InSync'), dead: ['node2'] }],
    ['Missing', 'its owner does not have it and its node is silent', { volume: member('Missing'), dead: ['node2'] }],
    ['Synced', 'its owner does not have it yet, and its node is there', { volume: member('Missing') }],
    ['Missing', 'its owner runs the array without it, and its node is there', { volume: member('Missing', [0]) }],
    ['Created', 'its owner still builds the array', { volume: building(member('Missing', [0])) }],
    ['Created', 'it is being moved to', { volume: member('Missing', [0]), migrations: [moveTo(both[1]!)] }],
    [
      'Missing',
      'it was moved to, and lost since',
      { volume: member('Missing', [0]), migrations: [moveTo(both[1]!, 'Completed')] },
    ],
    ['Missing', 'its node is silent and nobody runs the array', { volume: used({ array: stopped }), dead: ['node2'] }],
    ['Missing', 'owner and node are silent', { volume: member('InSync'), dead: ['node1', 'node2'] }],
    [
      'Synced',
      'the array runs under an earlier epoch, whose view does not count',
      { volume: used({ owner: { ...owner, epoch: 2 }, array: member('Faulty').status!.array }) },
    ],
    ['Created', 'nobody recorded it', { volume: used({ inSync: [recordOf(0)], array: stopped }) }],
    ['Requested', 'its node has not made it', { partitions: [both[0]!, { ...both[1]!, status: undefined }] }],
    ['Requested', 'its node cannot make it', { partitions: [both[0]!, says(both[1]!, 'NoSpace', 'Requested')] }],
    [
      'Synced',
      'it was made and does not serve its new epoch yet',
      { partitions: [both[0]!, { ...both[1]!, spec: { ...both[1]!.spec, epoch: 2 } }] },
    ],
    ...['DriveUnreadable', 'DriveGone', 'PartitionLost'].map((reason): [string, string, Case] => [
      'Faulty',
      `its node says ${reason}`,
      { volume: used({ array: stopped }), partitions: [both[0]!, says(both[1]!, reason)] },
    ]),
    ['Synced', 'its node only waits', { partitions: [both[0]!, says(both[1]!, 'HeldLocally')] }],
    ['Deleting', 'it is deleted', { volume: member('InSync'), partitions: [both[0]!, going(both[1]!)] }],
  ])('is %s when %s', (state, _, given) => {
    expect(of(given)).toBe(state);
  });

  test('is listed by name, with where it is and its real size', () => {
    const sized = { ...both[1]!, status: { ...both[1]!.status, sizeBytes: 7 } };
    expect(report({ partitions: [sized, both[0]!] }).partitions).toEqual([
      {
        name: 'pvc-1-0',
        nodeID: 'node1',
        device: 'nvme0n1',
        partitionUUID: both[0]!.spec.partitionUUID,
        state: 'Synced',
        updatedAt: now,
      },
      {
        name: 'pvc-1-1',
        nodeID: 'node2',
        device: 'nvme0n1',
        partitionUUID: both[1]!.spec.partitionUUID,
        state: 'Synced',
        sizeBytes: 7,
        updatedAt: now,
      },
    ]);
  });
  test('has a time that moves only when it changes', () => {
    const entry = (state: 'Synced' | 'Missing', updatedAt?: string) => ({
      name: 'pvc-1-1',
      nodeID: 'node2',
      state,
      ...(updatedAt !== undefined && { updatedAt }),
    });
    const timeAfter = (before: ReturnType<typeof entry>) =>
      report({ volume: used({ partitions: [before] }) }).partitions![1]!.updatedAt;
    expect(timeAfter(entry('Synced', earlier))).toBe(earlier);
    expect(timeAfter(entry('Missing', earlier))).toBe(now);
    expect(timeAfter(entry('Synced'))).toBe(now);
  });
});

describe('the owner', () => {
  test('stays as it was when nothing is granted', () => {
    expect(report({}).owner).toEqual(owner);
    expect(report({ volume: aVolume() }).owner).toBeUndefined();
  });
  test('owns since the epoch began, also when its purpose changes', () => {
    expect(report({}, { nodeName: 'node2', epoch: 2, purpose: 'Attach' }).owner).toEqual({
      nodeName: 'node2',
      epoch: 2,
      purpose: 'Attach',
      since: now,
      formerNodeName: 'node1',
    });
    const initial = { ...owner, purpose: 'Initialize' as const };
    expect(report({ volume: used({ owner: initial }) }, { ...owner, purpose: 'Attach' }).owner?.since).toBe(earlier);
    expect(report({ volume: aVolume() }, { nodeName: 'node1', epoch: 1, purpose: 'Initialize' }).owner?.since).toBe(
      now,
    );
  });
});

describe('the node that may use the volume', () => {
  const detached = (status: MeshStorVolumeStatus) => ({ volume: aVolume({}, { ...inUse, ...status }) });
  test.each<[string | undefined, string, Case]>([
    ['node1', 'it is attached to its owner', {}],
    ['node1', 'it was detached and its array may still run', detached({})],
    [undefined, 'it was detached and its array is down', detached({ array: stopped })],
    [undefined, 'it was detached and its owner is dead', { ...detached({}), dead: ['node1'] }],
    [
      undefined,
      'it is only being built',
      { volume: aVolume({}, { ...inUse, owner: { ...owner, purpose: 'Initialize' } }) },
    ],
    ['node1', 'it is wanted elsewhere and its array may still run', { volume: used({}, { nodeName: 'node2' }) }],
    [
      undefined,
      'it is wanted elsewhere and its array is down',
      { volume: used({ array: stopped }, { nodeName: 'node2' }) },
    ],
  ])('is %s when %s', (node, _, given) => {
    expect(report(given).nodeName).toBe(node);
  });
  test('is the new owner from the grant on', () => {
    const volume = used({ array: stopped }, { nodeName: 'node2' });
    expect(report({ volume }, { nodeName: 'node2', epoch: 2, purpose: 'Attach' }).nodeName).toBe('node2');
  });
});

test('a condition keeps its time while its status stays, whatever its reason', () => {
  const before = (status: 'True' | 'False') => [
    { type: 'Redundant', status, reason: 'Syncing', message: '', lastTransitionTime: earlier },
  ];
  const degraded = { inSync: [recordOf(0)], mdState: 'degraded' as const };
  const since = (status: 'True' | 'False') =>
    condition({ volume: used({ ...degraded, conditions: before(status) }) }, 'Redundant')?.lastTransitionTime;
  expect(since('False')).toBe(earlier);
  expect(since('True')).toBe(now);
});
