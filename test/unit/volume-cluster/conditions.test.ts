import type { Decision } from '../../../src/controllers/volume/cluster/decide';
import { aPartition, aVolume, recordOf } from '../../support/objects';
import { owner, stopped, inUse, both, idle, condition, deleting, used, says, type Case } from './reporting';

describe('condition Provisioned', () => {
  const unmade = { ...both[1]!, status: undefined };
  test.each<[string, string, Case]>([
    ['Allocated', 'every partition is made', { volume: aVolume({}, { owner }) }],
    ['Allocated', 'the array was made, whatever became of a partition', { partitions: [] }],
    ['WaitingForNodes', 'nothing is placed', { volume: aVolume(), partitions: [] }],
    ['WaitingForNodes', 'a partition is not made', { volume: aVolume({}, { owner }), partitions: [both[0]!, unmade] }],
    [
      'InsufficientCapacity',
      'there is no room',
      { volume: aVolume(), decision: { ...idle, refusal: { reason: 'InsufficientCapacity', message: 'no room' } } },
    ],
  ])('has reason %s when %s', (reason, _, given) => {
    expect(condition(given, 'Provisioned')).toMatchObject({
      status: reason === 'Allocated' ? 'True' : 'False',
      reason,
    });
  });
  test('names each partition that is waited for, with what its node says', () => {
    const volume = aVolume({ numberOfCopies: 3 }, { owner });
    const refused = says(aPartition(2, 'node3'), 'NoSpace', 'Requested');
    expect(condition({ volume, partitions: [both[0]!, unmade, refused] }, 'Provisioned')?.message).toBe(
      'pvc-1-1 on node2: not made yet; pvc-1-2 on node3: NoSpace!',
    );
  });
});

describe('condition Redundant', () => {
  test.each<[string, string, Case]>([
    ['InSync', 'all members hold every write', {}],
    ['NotCreated', 'there is no array', { volume: aVolume({}, { owner }) }],
    ['Degraded', 'one does not', { volume: used({ inSync: [recordOf(0)], mdState: 'degraded' }) }],
    ['Syncing', 'one is being synchronised', { volume: used({ inSync: [recordOf(0)], mdState: 'recovering' }) }],
  ])('has reason %s when %s', (reason, _, given) => {
    expect(condition(given, 'Redundant')).toMatchObject({ status: reason === 'InSync' ? 'True' : 'False', reason });
  });
});

describe('condition SpecApplied', () => {
  test.each<[string, string, Case]>([
    ['', 'nothing was changed', {}],
    ['', 'nothing was made yet', { volume: aVolume(), partitions: [] }],
    [
      'numberOfCopies',
      'a RAID10 is to have another number of copies',
      { volume: used({}, { numberOfCopies: 3, drivesPerCopy: 2 }) },
    ],
    ['capacityBytes', 'another size is wanted', { volume: used({}, { capacityBytes: 2 ** 40 }) }],
    ['migrationNodeName', 'a second node is wanted', { volume: used({}, { migrationNodeName: 'node2' }) }],
  ])('names %j when %s', (wish, _, given) => {
    expect(condition(given, 'SpecApplied')).toMatchObject(
      wish
        ? { status: 'False', reason: 'NotSupported', message: expect.stringContaining(wish) as string }
        : { status: 'True' },
    );
  });
  test('says how far a change of the number of copies is', () => {
    expect(condition({ volume: used({}, { numberOfCopies: 3 }) }, 'SpecApplied')).toMatchObject({
      status: 'False',
      reason: 'Scaling',
      message: expect.stringContaining('2 of 3 copies') as string,
    });
  });
  test('says what is wrong with a spec, and nothing about one that only lacks room', () => {
    const refusal = (reason: 'InvalidSpec' | 'InsufficientCapacity') => ({
      volume: aVolume(),
      decision: { ...idle, refusal: { reason, message: 'no' } },
    });
    expect(condition(refusal('InvalidSpec'), 'SpecApplied')).toMatchObject({ status: 'False', message: 'no' });
    expect(condition(refusal('InsufficientCapacity'), 'SpecApplied')).toMatchObject({ status: 'True' });
  });
});

describe('condition Attached', () => {
  const waiting: Decision = { rule: 'C8', actions: [], awaitingHandover: true };
  const moving = used({}, { nodeName: 'node2' });
  test.each<[string | undefined, string, Case]>([
    [undefined, 'nobody wants it', { volume: aVolume({}, { ...inUse, array: stopped }) }],
    ['Detaching', 'nobody wants it and its array may still run', { volume: aVolume({}, inUse) }],
    ['Attached', 'it is where it is wanted', {}],
    ['WaitingForRelease', 'the former owner has to stop first', { volume: moving, decision: waiting }],
    ['Attaching', 'it is about to move', { volume: moving }],
    ['DeletionBlocked', 'it is deleted while attached', { volume: aVolume({ nodeName: 'node1' }, inUse, deleting) }],
  ])('has reason %s when %s', (reason, _, given) => {
    expect(condition(given, 'Attached')?.reason).toBe(reason);
  });
  test('names the node that is waited for', () => {
    expect(condition({ volume: moving, decision: waiting }, 'Attached')?.message).toContain('node1 still runs');
  });
});
