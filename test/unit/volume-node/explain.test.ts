import type { MeshStorPartition, MeshStorVolume } from '../../../src/api/model';
import { explain } from '../../../src/controllers/volume/node/explain';
import { slotId } from '../../../src/controllers/volume/node/view';
import { HostError } from '../../../src/host/errors';
import { ImportState, type Member } from '../../../src/host/gen/host';
import { aDevice, aMember, anImport, aPartition, aStack, aSuperblock, aVolume, recordOf } from '../../support/objects';
import { attached, createdAt, healthy, inUse, look, owner, type Look } from './view';

/** The verdict, with the durable facts as on record unless told otherwise. */
function verdict(given: Look & { failure?: Error; recorded?: object } = {}) {
  const view = look(given);
  const { status } = view.volume;
  const facts = { createdAt: status?.array?.createdAt, formattedAt: status?.formattedAt, ...given.recorded };
  return explain(view, facts, given.failure);
}

const { formattedAt: _, ...blank } = inUse;
const deleting = { deletionTimestamp: createdAt };
const down = (members: Member[] = [], ...imports: ReturnType<typeof anImport>[]) => aStack({ members, imports });
const known = (slot: number) => aMember(slot, { superblock: aSuperblock(slot) });
const remote = (change: Partial<MeshStorPartition>): MeshStorPartition[] => [
  aPartition(0, 'node1'),
  { ...aPartition(1, 'node2'), ...change },
];
const unready = (message: string) => ({
  state: 'Created' as const,
  conditions: [{ type: 'Ready', status: 'False' as const, reason: 'x', message, lastTransitionTime: createdAt }],
});

test('a volume whose device can be opened is ready', () => {
  expect(verdict()).toEqual({
    status: 'True',
    reason: 'Assembled',
    message: '/dev/mapper/meshstor-pvc-1 is ready.',
  });
});

describe('a volume that is not wanted here', () => {
  test.each<[string, MeshStorVolume]>([
    ['the volume is being deleted', aVolume({}, inUse, deleting)],
    ['its consumer has let go of it', aVolume({ nodeName: 'node1', releasedEpoch: 1 }, inUse)],
    ['it is not attached to node1', aVolume({}, inUse)],
    ['it is not attached to node1', aVolume({ nodeName: 'node2' }, inUse)],
  ])('is stopped, because %s', (why, volume) => {
    expect(verdict({ volume, stack: aStack() })).toMatchObject({
      reason: 'Stopped',
      message: `The array is stopped: ${why}.`,
    });
  });
  test('says where it is mounted while that keeps it from stopping', () => {
    const { reason, message } = verdict({ volume: aVolume({}, inUse), stack: healthy({ mountPaths: ['/a', '/b'] }) });
    expect(reason).toBe('InUse');
    expect(message).toContain('mounted at /a, /b');
  });
});

describe('a volume without an array', () => {
  test.each<[string, string, Parameters<typeof verdict>[0]]>([
    [
      'WaitingForPlacement',
      '1 of 2 partitions are planned.',
      { volume: attached({ owner }), partitions: [aPartition(0, 'node1')], stack: down() },
    ],
    [
      'WaitingForProviders',
      'pvc-1-1 on node2: its node has not confirmed any epoch, 1 is needed',
      { stack: down([known(0)]), partitions: remote({ status: { state: 'Created' } }) },
    ],
    [
      'WaitingForProviders',
      'pvc-1-1 on node2: its node has confirmed epoch 1, 2 is needed',
      {
        volume: attached({ ...inUse, owner: { ...owner, epoch: 2 }, inSync: [recordOf(1)] }),
        partitions: remote({ spec: { ...aPartition(1, 'node2').spec, epoch: 2 } }),
        stack: down(),
      },
    ],
    [
      'WaitingForProviders',
      'pvc-1-1 on node2: The array of that node still holds it.',
      { stack: down([known(0)]), partitions: remote({ status: unready('The array of that node still holds it.') }) },
    ],
    ['WaitingForPaths', 'pvc-1-1 on node2: connecting to 10.0.0.2:4420', { stack: down([known(0)]) }],
    [
      'WaitingForPaths',
      'pvc-1-1 on node2: nothing answers at 10.0.0.2',
      {
        stack: down([known(0)]),
        attempts: new Map([[anImport(1).nqn, new Error('nothing answers at 10.0.0.2')]]),
      },
    ],
    [
      'WaitingForPaths',
      'pvc-1-1 on node2: fenced by its node for a newer owner',
      { stack: down([known(0)], anImport(1, ImportState.FENCED)) },
    ],
    [
      'WaitingForPaths',
      'pvc-1-1 on node2: connection lost, reconnecting',
      { stack: down([known(0)], anImport(1, ImportState.CONNECTING)) },
    ],
    ['WaitingForPaths', 'pvc-1-1 on node2: its path is not loaded yet', { stack: down([known(0)], anImport(1)) }],
    ['WaitingForPaths', 'pvc-1-0 on node1: its drive does not answer', { stack: down([known(1)], anImport(1)) }],
    [
      'WaitingForPaths',
      'pvc-1-0 on node1: the drive refuses',
      { stack: down([known(1)], anImport(1)), attempts: new Map([[slotId(0), new Error('the drive refuses')]]) },
    ],
    [
      'MemberMismatch',
      'Not the recorded md member: pvc-1-1 on node2. It is left alone.',
      { stack: down([known(0), aMember(1, { superblock: aSuperblock(2) })], anImport(1)) },
    ],
    [
      'NoInSyncMember',
      `No partition that holds every write exists any more (${recordOf(2).partitionUUID}).`,
      { volume: attached({ ...inUse, inSync: [recordOf(2)] }), stack: down([known(0), known(1)], anImport(1)) },
    ],
    [
      'NoInSyncMember',
      'No partition that holds every write exists any more (none recorded).',
      { volume: attached({ ...inUse, inSync: [] }), stack: down([known(0), known(1)], anImport(1)) },
    ],
    ['Assembling', 'The array is being assembled.', { stack: down([known(0), known(1)], anImport(1)) }],
    [
      'HostInvalid',
      'an expected member would not be active',
      {
        stack: down([known(0), known(1)], anImport(1)),
        failure: new HostError('Invalid', 'an expected member would not be active'),
      },
    ],
    [
      'Error',
      'socket hang up',
      { stack: down([known(0), known(1)], anImport(1)), failure: new Error('socket hang up') },
    ],
  ])('says %s: %s', (reason, message, given) => {
    expect(verdict(given)).toEqual({ status: 'False', reason, message });
  });
  test('counts only members on record once there is a record', () => {
    const volume = attached({ ...inUse, inSync: [recordOf(0)] });
    expect(verdict({ volume, stack: down([known(0)]) }).reason).toBe('Assembling');
  });
  test('names what is missing before what failed, which often only follows from it', () => {
    expect(verdict({ stack: down([known(0)]), failure: new Error('x') }).reason).toBe('WaitingForPaths');
  });
});

describe('a volume with an array', () => {
  const holding = healthy({ members: [aMember(0), aMember(1, { path: undefined })], imports: [] });
  test.each<[string, string, Parameters<typeof verdict>[0]]>([
    ['HostTimeout', 'dmsetup hangs', { failure: new HostError('Timeout', 'dmsetup hangs') }],
    ['Error', 'etcd is away', { failure: new Error('etcd is away') }],
    [
      'NotRecorded',
      'The array runs, and its members are about to be recorded.',
      { volume: attached({ owner }), recorded: { createdAt: undefined } },
    ],
    ['IOHeld', 'I/O waits: pvc-1-1 on node2: connecting to 10.0.0.2:4420', { stack: holding }],
    [
      'IOHeld',
      `I/O waits: partition ${recordOf(1).partitionUUID}: its object is gone, and so is the way to it`,
      { stack: holding, partitions: [aPartition(0, 'node1')] },
    ],
    ['DeviceNotReady', 'The volume device is being made.', { stack: healthy({ device: undefined }) }],
    [
      'DeviceNotReady',
      'The volume device is being made.',
      { stack: healthy({ device: aDevice({ suspended: true }) }) },
    ],
    ['Formatting', 'A xfs file system is being made.', { volume: attached(blank) }],
    [
      'NotFormatted',
      'The file system is made when the volume is first attached.',
      { volume: aVolume({}, { ...blank, owner: { ...owner, purpose: 'Initialize' } }) },
    ],
  ])('says %s: %s', (reason, message, given) => {
    expect(verdict(given)).toEqual({ status: 'False', reason, message });
  });
  test('is ready although a member that is not on record waits', () => {
    expect(verdict({ volume: attached({ ...inUse, inSync: [recordOf(0)] }), stack: holding }).status).toBe('True');
  });
  test('is ready without a partition object as long as its member can be reached', () => {
    expect(verdict({ partitions: [aPartition(0, 'node1')] }).status).toBe('True');
  });
  test('and mode Block needs no file system', () => {
    expect(verdict({ volume: attached(blank, { volumeMode: 'Block' }) }).status).toBe('True');
  });
});
