import type { Condition } from '../../../src/api/meta';
import type { MeshStorVolumeStatus } from '../../../src/api/model';
import { changeOf } from '../../../src/controllers/volume/cluster/change';
import type { ClusterStatus } from '../../../src/controllers/volume/cluster/report';
import { aVolume } from '../../support/objects';

const aCondition = (type: string, change: Partial<Condition> = {}): Condition => ({
  type,
  status: 'True',
  reason: 'x',
  message: '',
  lastTransitionTime: '',
  ...change,
});
const status: ClusterStatus = {
  observedGeneration: 1,
  phase: 'Synced',
  nodeName: 'node1',
  owner: { nodeName: 'node1', epoch: 1, purpose: 'Attach' },
  partitions: [{ name: 'pvc-1-0', nodeID: 'node1', state: 'Synced' }],
  conditions: [aCondition('Provisioned'), aCondition('Redundant')],
};
const change = (next: Partial<ClusterStatus>, recorded: MeshStorVolumeStatus = status) =>
  changeOf(aVolume({}, recorded), { ...status, ...next });

test('a status that is on record is not written again', () => {
  expect(change({})).toBe('none');
});

test("what the node's half wrote is no difference", () => {
  const conditions = [...status.conditions, aCondition('ArrayReady')];
  expect(change({}, { ...status, conditions, mdState: 'active', syncPercentage: '1.0%', inSync: [] })).toBe('none');
});

describe('what others act on is written at once:', () => {
  const other = [aCondition('Redundant')];
  test.each<[string, Partial<ClusterStatus>]>([
    ['the phase', { phase: 'Syncing' }],
    ['where the volume may be used', { nodeName: undefined }],
    ['the owner', { owner: { ...status.owner!, epoch: 2 } }],
    ['what the owner is for', { owner: { ...status.owner!, purpose: 'Initialize' } }],
    [
      'the status of a condition',
      { conditions: [aCondition('Provisioned'), aCondition('Redundant', { status: 'False' })] },
    ],
    [
      'the reason of a condition',
      { conditions: [aCondition('Provisioned'), aCondition('Redundant', { reason: 'y' })] },
    ],
    ['a condition that goes', { conditions: [aCondition('Provisioned')] }],
    ['a condition that comes', { conditions: [...status.conditions, aCondition('Attached')] }],
    ...['InsufficientCapacity', 'InvalidSpec'].map((reason): [string, Partial<ClusterStatus>] => [
      `a refusal (${reason})`,
      { conditions: [aCondition('Provisioned', { status: 'False', reason }), ...other] },
    ]),
  ])('%s', (_, next) => {
    expect(change(next)).toBe('now');
  });
  test('the end of a refusal', () => {
    const refused = aCondition('Provisioned', { status: 'False', reason: 'InsufficientCapacity' });
    const waiting = aCondition('Provisioned', { status: 'False', reason: 'WaitingForNodes' });
    const recorded = { ...status, conditions: [refused, ...other] };
    expect(change({ conditions: [waiting, ...other] }, recorded)).toBe('now');
  });
});

describe('what only people read is collected for a moment:', () => {
  const waiting = [aCondition('Provisioned', { status: 'False', reason: 'WaitingForNodes' }), aCondition('Redundant')];
  test.each<[string, Partial<ClusterStatus>]>([
    ['the state of a partition', { partitions: [{ name: 'pvc-1-0', nodeID: 'node1', state: 'Missing' }] }],
    [
      'a new partition',
      { partitions: [...status.partitions!, { name: 'pvc-1-1', nodeID: 'node2', state: 'Created' }] },
    ],
    ['the generation', { observedGeneration: 2 }],
    [
      'the words of a condition',
      { conditions: [aCondition('Provisioned'), aCondition('Redundant', { message: 'y' })] },
    ],
    ['that nodes are still at work on the partitions', { conditions: waiting }],
  ])('%s', (_, next) => {
    expect(change(next)).toBe('early');
  });
  test('the order of conditions', () => {
    expect(change({ conditions: [...status.conditions].reverse() })).toBe('early');
  });
});
