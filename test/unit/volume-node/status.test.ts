import fc from 'fast-check';
import type { MeshStorVolumeStatus } from '../../../src/api/model';
import { percentage, statusOf, type Facts } from '../../../src/controllers/volume/node/status';
import { ArrayMemberState, SyncAction, type ArrayMember, type Stack } from '../../../src/host/gen/host';
import { aDevice, aMember, aPartition, aStack, aVolume, inArray, recordOf } from '../../support/objects';
import { attached, createdAt, healthy, inUse, look, owner, type Look } from './view';

const now = '2026-01-01T00:10:00Z';
const { RECOVERING, SPARE, FAULTY } = ArrayMemberState;
const report = (given: Look = {}, facts: Facts = {}, failure?: Error) => statusOf(look(given), facts, now, failure);

/** A running array; with a synchronisation when one is named. */
function running(members: ArrayMember[], syncAction: SyncAction = SyncAction.IDLE, done = 0, total = 0): Stack {
  const array = { ...aStack({ running: members }).array!, syncAction, syncDone: done, syncTotal: total };
  return healthy({ array });
}

describe('what people see of the array (A1, A12, G1, G2)', () => {
  const one = attached({ ...inUse, inSync: [recordOf(0)] }, { numberOfCopies: 1 });
  const single = { volume: one, partitions: [aPartition(0, 'node1')] };
  const firstOnly = attached({ ...inUse, inSync: [recordOf(0)] });
  test.each<[string, Look, object]>([
    [
      'two copies in sync',
      {},
      { mdState: 'active', ready: '2/2', totalDevices: 2, activeDevices: 2, degradedDevices: 0, missingDevices: 0 },
    ],
    [
      'one copy of one, although md has a free slot',
      { ...single, stack: running([inArray(0)]) },
      { mdState: 'active', ready: '1/1', totalDevices: 1, activeDevices: 1, degradedDevices: 0, missingDevices: 0 },
    ],
    [
      'a second copy being synchronised',
      { volume: firstOnly, stack: running([inArray(0), inArray(1, RECOVERING)], SyncAction.RECOVER, 1, 8) },
      { mdState: 'recovering', ready: '1/2', degradedDevices: 1, missingDevices: 0, syncPercentage: '12.5%' },
    ],
    [
      'both copies compared after a crash',
      { stack: running([inArray(0), inArray(1)], SyncAction.RESYNC, 1, 4) },
      { mdState: 'recovering', ready: '2/2', degradedDevices: 0, syncPercentage: '25.0%' },
    ],
    [
      'a second copy waiting to be synchronised',
      { volume: firstOnly, stack: running([inArray(0), inArray(1, SPARE)]) },
      { mdState: 'degraded', ready: '1/2', degradedDevices: 1, missingDevices: 0, failedDevices: 0 },
    ],
    [
      'a copy that md dropped',
      { stack: running([inArray(0), inArray(1, FAULTY)]) },
      { mdState: 'degraded', ready: '1/2', failedDevices: 1, missingDevices: 0, degradedDevices: 1 },
    ],
    [
      'a copy that is not in the array',
      { stack: running([inArray(0)]) },
      { mdState: 'degraded', ready: '1/2', failedDevices: 0, missingDevices: 1, degradedDevices: 1 },
    ],
    [
      'a copy that waits for its path',
      { stack: healthy({ members: [aMember(0), aMember(1, { path: undefined })] }) },
      { mdState: 'degraded', ready: '1/2', failedDevices: 0, missingDevices: 1, degradedDevices: 1 },
    ],
    [
      'a copy whose partition is gone',
      { volume: firstOnly, partitions: [aPartition(0, 'node1')], stack: running([inArray(0)]) },
      { mdState: 'degraded', ready: '1/2', missingDevices: 1, degradedDevices: 1 },
    ],
    [
      'more copies in sync than are wanted',
      { volume: attached(inUse, { numberOfCopies: 1 }) },
      { mdState: 'active', ready: '1/1', activeDevices: 1, degradedDevices: 0, missingDevices: 0 },
    ],
    [
      'a check by md, which is no synchronisation',
      { stack: running([inArray(0), inArray(1)], SyncAction.CHECK, 1, 2) },
      { mdState: 'active', ready: '2/2' },
    ],
    [
      'an array that is wanted and not there',
      { stack: aStack({ members: [aMember(0)] }) },
      { mdState: 'missing', totalDevices: 2, degradedDevices: 0 },
    ],
    [
      'an array that is wanted and not there, one of whose copies lacks writes',
      { volume: firstOnly, stack: aStack() },
      { mdState: 'missing', degradedDevices: 1 },
    ],
    [
      'an array that is stopped as it should be',
      { volume: aVolume({}, inUse), stack: aStack() },
      { degradedDevices: 0 },
    ],
  ])('%s', (_, given, expected) => {
    expect(report(given)).toMatchObject(expected);
  });

  test('says nothing of an array that was never made, nor of the state of one that is stopped', () => {
    const unborn = report({ volume: attached({ owner }), stack: aStack() });
    expect(unborn).not.toHaveProperty('mdState');
    expect(unborn).not.toHaveProperty('degradedDevices');
    expect(unborn).not.toHaveProperty('ready');
    expect(report({ volume: aVolume({}, inUse), stack: aStack() })).not.toHaveProperty('mdState');
  });
  test('has a percentage only while md synchronises', () => {
    expect(report()).not.toHaveProperty('syncPercentage');
    const checking = running([inArray(0), inArray(1)], SyncAction.CHECK, 1, 2);
    expect(report({ stack: checking })).not.toHaveProperty('syncPercentage');
    expect(report({ stack: running([inArray(0), inArray(1)], SyncAction.RESYNC) }).syncPercentage).toBe('0.0%');
  });
});

describe('the percentage', () => {
  test.each([
    [0, 0, '0.0%'],
    [0, 8, '0.0%'],
    [1, 8, '12.5%'],
    [1, 3, '33.3%'],
    [2, 3, '66.6%'],
    [9_999, 10_000, '99.9%'],
    [10_000, 10_000, '99.9%'],
    [20_000, 10_000, '99.9%'],
  ])('of %d of %d is %s', (done, total, shown) => {
    expect(percentage(done, total)).toBe(shown);
  });
  test('never falls while md goes on, and is never 100 before it is done', () => {
    const property = fc.property(
      fc.nat(2 ** 40),
      fc.nat(2 ** 40),
      fc.integer({ min: 1, max: 2 ** 40 }),
      (a, b, total) => {
        const [less, more] = [Math.min(a, b, total), Math.min(Math.max(a, b), total)];
        expect(parseFloat(percentage(less, total))).toBeLessThanOrEqual(parseFloat(percentage(more, total)));
        expect(parseFloat(percentage(more, total))).toBeLessThan(100);
      },
    );
    fc.assert(property);
  });
});

describe('a member of the running array', () => {
  const stateOf = (stack: Stack) => report({ stack }).array?.members?.[1];
  test.each<[string, Stack]>([
    ['InSync', healthy()],
    ['Recovering', running([inArray(0), inArray(1, RECOVERING)])],
    ['Spare', running([inArray(0), inArray(1, SPARE)])],
    ['Faulty', running([inArray(0), inArray(1, FAULTY)])],
    ['Missing', running([inArray(0)])],
    ['Waiting', healthy({ members: [aMember(0), aMember(1, { path: undefined })] })],
    ['InSync', healthy({ members: [aMember(0)] })],
  ])('is %s', (state, stack) => {
    expect(stateOf(stack)?.state).toBe(state);
  });
  test('that md dropped is faulty, with a path or without', () => {
    const { array } = running([inArray(0), inArray(1, FAULTY)]);
    expect(stateOf(healthy({ array, members: [aMember(0), aMember(1, { path: undefined })] }))?.state).toBe('Faulty');
  });
  test('is named by its partition, its slot and what md calls it', () => {
    expect(stateOf(healthy())).toEqual({
      partitionUUID: aPartition(1, 'node2').spec.partitionUUID,
      memberUUID: recordOf(1).memberUUID,
      slot: 1,
      state: 'InSync',
    });
    expect(stateOf(running([inArray(0)]))).not.toHaveProperty('memberUUID');
  });
});

describe('the durable facts', () => {
  test('are kept as they are on record', () => {
    const { inSync, formattedAt, array } = report();
    expect({ inSync, formattedAt, createdAt: array?.createdAt }).toEqual({
      inSync: inUse.inSync,
      formattedAt: createdAt,
      createdAt,
    });
  });
  test('of a new array say when it was made and what is in it', () => {
    const status = report({ volume: attached({ owner }) }, { inSync: [recordOf(0)] });
    expect(status).toMatchObject({ inSync: [recordOf(0)], array: { createdAt: now } });
    expect(status).not.toHaveProperty('formattedAt');
  });
  test('say when the file system was made, once', () => {
    const { formattedAt: _, ...blank } = inUse;
    expect(report({ volume: attached(blank) }, { formatted: true }).formattedAt).toBe(now);
    expect(report({}, { formatted: true, inSync: [recordOf(0)] })).toMatchObject({
      formattedAt: createdAt,
      array: { createdAt },
      inSync: [recordOf(0)],
    });
  });
  test('are not there before they are', () => {
    const status = report({ volume: attached({ owner }), stack: aStack() });
    expect(status).not.toHaveProperty('inSync');
    expect(status).not.toHaveProperty('formattedAt');
    expect(status.array).not.toHaveProperty('createdAt');
  });
});

describe('the array as its owner sees it', () => {
  test('runs under its epoch, with what consumers open', () => {
    expect(report().array).toMatchObject({
      epoch: 1,
      nodeName: 'node1',
      uuid: '9705e738-aef4-5417-a85f-68fc49ceb21e',
      state: 'Running',
      device: '/dev/mapper/meshstor-pvc-1',
    });
  });
  test('is stopped without members or device, also before it was ever made', () => {
    for (const status of [inUse, { owner }] as MeshStorVolumeStatus[]) {
      const { array } = report({ volume: aVolume({}, status), stack: aStack() });
      expect(array).toMatchObject({ epoch: 1, state: 'Stopped' });
      expect(array).not.toHaveProperty('members');
      expect(array).not.toHaveProperty('device');
    }
  });
});

test('condition ArrayReady keeps its time while its status stays', () => {
  const since = (status: 'True' | 'False', given: Look = {}) => {
    const conditions = [{ type: 'ArrayReady', status, reason: 'x', message: '', lastTransitionTime: createdAt }];
    const volume = attached({ ...inUse, conditions });
    return report({ volume, ...given }).conditions[0]!.lastTransitionTime;
  };
  expect(since('True')).toBe(createdAt);
  expect(since('False')).toBe(now);
  expect(since('False', { stack: healthy({ device: aDevice({ suspended: true }) }) })).toBe(createdAt);
  expect(report().conditions).toHaveLength(1);
});

test('nothing in a status is an empty string, which older API servers refuse', () => {
  for (const given of [{}, { stack: aStack() }, { volume: attached({ owner }), stack: aStack() }]) {
    expect(JSON.stringify(report(given))).not.toContain('""');
  }
});
