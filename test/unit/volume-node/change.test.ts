import type { MeshStorVolumeStatus } from '../../../src/api/model';
import { changeOf, isEarly, mayWaitForSync } from '../../../src/controllers/volume/node/change';
import { statusOf, type NodeStatus } from '../../../src/controllers/volume/node/status';
import { aStack, aVolume } from '../../support/objects';
import { attached, createdAt, inUse, look, owner } from './view';

const { conditions, ...observed } = statusOf(look(), {}, createdAt);
const ready = conditions[0]!;
/** All of it on record, beside what the cluster half wrote. */
const onRecord: MeshStorVolumeStatus = {
  ...observed,
  owner,
  phase: 'Synced',
  conditions: [{ ...ready, type: 'Provisioned' }, ready],
};
const change = (next: Partial<NodeStatus>, recorded = onRecord) =>
  changeOf(look({ volume: attached(recorded) }), { ...observed, conditions, ...next });

test('what is on record is not written again', () => {
  expect(change({})).toBe('none');
  expect(change({ syncPercentage: undefined })).toBe('none');
});

describe('what people and the other half act on is written at once:', () => {
  test.each<[string, Partial<NodeStatus>]>([
    ['the record', { inSync: [] }],
    ['that the array stopped', { array: { ...observed.array, state: 'Stopped' } }],
    ['under which epoch it runs', { array: { ...observed.array, epoch: 2 } }],
    ['the state of a member', { array: { ...observed.array, members: [] } }],
    ['the state of md', { mdState: 'degraded' }],
    ['the counts', { degradedDevices: 1 }],
    ['the beginning of a synchronisation', { syncPercentage: '0.0%' }],
    ['that consumers have to wait', { conditions: [{ ...ready, status: 'False' }] }],
    ['what they wait for', { conditions: [{ ...ready, reason: 'IOHeld' }] }],
  ])('%s', (_, next) => {
    expect(change(next)).toBe('now');
  });
  test('the end of a synchronisation', () => {
    expect(change({}, { ...onRecord, syncPercentage: '99.9%' })).toBe('now');
  });
});

describe('progress is written now and then:', () => {
  test('the percentage', () => {
    expect(change({ syncPercentage: '2.0%' }, { ...onRecord, syncPercentage: '1.0%' })).toBe('detail');
  });
  test('the words of the condition', () => {
    expect(change({ conditions: [{ ...ready, message: 'other words' }] })).toBe('detail');
  });
});

describe('whether consumers could start', () => {
  const recorded: MeshStorVolumeStatus = { ...onRecord, owner: { ...owner, purpose: 'Initialize' } };
  const next = {
    ...observed,
    array: { ...observed.array, device: '/dev/mapper/other' },
    conditions: [{ ...ready, reason: 'NotFormatted' }],
  };
  const seen = (spec: Parameters<typeof aVolume>[0]) => look({ volume: aVolume(spec, recorded) });
  test('is written now and then while there is none', () => {
    expect(changeOf(seen({}), next)).toBe('detail');
  });
  test('is written at once when there is one', () => {
    expect(changeOf(seen({ nodeName: 'node1' }), next)).toBe('now');
  });
  test('hides no loss', () => {
    expect(changeOf(seen({}), { ...next, inSync: [] })).toBe('now');
    expect(changeOf(seen({}), { ...next, array: { ...next.array, state: 'Stopped' } })).toBe('now');
  });
});

describe('a volume that is being built while nobody waits for it', () => {
  const building = (spec: Parameters<typeof aVolume>[0] = {}, metadata = {}) =>
    look({ volume: aVolume(spec, { owner: { ...owner, purpose: 'Initialize' } }, metadata), stack: aStack() });
  test('has its steps collected, whatever they are', () => {
    expect(isEarly(building())).toBe(true);
    expect(changeOf(building(), { ...observed, conditions })).toBe('early');
  });
  test.each([
    ['somebody waits for it', building({ nodeName: 'node1' })],
    ['it is to be deleted', building({}, { deletionTimestamp: createdAt })],
    ['it is built', look({ volume: aVolume({}, inUse) })],
  ])('has them written at once when %s', (_, view) => {
    expect(isEarly(view)).toBe(false);
  });
});

describe('the first record of an array that nobody waits for', () => {
  const waits = (elapsed: number, [syncDone, syncTotal]: readonly [number, number]) => {
    const { array } = aStack({ running: [] });
    return mayWaitForSync(look({ stack: aStack({ array: { ...array!, syncDone, syncTotal } }) }), elapsed, 1_000);
  };
  test.each<[string, number, readonly [number, number], boolean]>([
    ['waits for a second, whatever md does', 999, [0, 0], true],
    ['does not wait for a synchronisation that has not begun', 1_000, [0, 0], false],
    ['waits for one that takes ten seconds at its pace so far', 1_000, [10, 100], true],
    ['does not wait for one that takes longer', 1_000, [9, 100], false],
    ['does not wait for one that became slow', 5_000, [49, 100], false],
    ['waits for its last moment', 10_000, [100, 100], true],
    ['does not wait longer than ten seconds, even if md is done', 10_001, [100, 100], false],
  ])('%s', (_, elapsed, progress, expected) => {
    expect(waits(elapsed, progress)).toBe(expected);
  });
});
