import type { MeshStorPartition } from '../../../src/api/model';
import type { View } from '../../../src/controllers/partition/decide';
import { statusOf, type Facts } from '../../../src/controllers/partition/report';
import { Transport } from '../../../src/host/gen/host';
import { anExport, deleting, endpoint, made, onDrive, uuid, wish } from './objects';

const now = '2026-01-01T00:10:00Z';
const earlier = '2026-01-01T00:00:00Z';
const unsettled: Facts = { settled: false };
const settled: Facts = { settled: true };

const report = (given: Partial<View>, facts: Facts) =>
  statusOf(
    {
      ...{ partition: made(), nodeName: 'node2', found: onDrive(), endpoint, keep: undefined },
      ...{ wiped: false, made: false, unserved: false },
      ...given,
    },
    facts,
    now,
  );

describe('P7: the promise that no export of an earlier epoch exists', () => {
  const second = made({ spec: { epoch: 2 } });
  test('is given for the present epoch once everything is as it should be', () => {
    expect(report({ partition: second, found: onDrive({ exports: [anExport(2)] }) }, settled).export).toEqual({
      epoch: 2,
      state: 'Serving',
      nqn: anExport(2).nqn,
      namespaceUUID: anExport(2).namespaceUuid,
      transport: 'tcp',
      address: '10.0.0.2',
      port: 4420,
    });
  });
  test('names the transport that is served', () => {
    const rdma = { ...endpoint, transport: Transport.RDMA, port: 4421 };
    expect(report({ endpoint: rdma }, settled).export).toMatchObject({ transport: 'rdma', port: 4421 });
  });
  test('is given without an export where nobody may import', () => {
    const partition = made({ spec: { epoch: 2, importers: [] } });
    expect(report({ partition }, settled).export).toEqual({ epoch: 2, state: 'None' });
  });
  test.each<[string, Partial<View>, Facts]>([
    ['work is left', {}, unsettled],
    ['something stands in the way', {}, { settled: false, obstacle: { reason: 'HeldLocally', message: '' } }],
    ['the partition cannot be read', { found: { state: 'unreadable', why: '' } }, unsettled],
  ])('stays that of the epoch before while %s', (_, given, facts) => {
    expect(report({ partition: second, ...given }, facts).export).toEqual(made().status!.export);
  });
  test('stands when the export of a partition that is gone was ended, and says that nothing is served', () => {
    const view: Partial<View> = { partition: second, found: { state: 'driveGone' }, unserved: true };
    expect(report(view, unsettled).export).toEqual({ epoch: 1, state: 'None' });
  });
  test('is never given for a partition that is not there', () => {
    expect(report({ partition: wish(), found: { state: 'absent' } }, settled).export).toBeUndefined();
  });
});

describe('the state of a partition', () => {
  const absent = { found: { state: 'absent' } } as const;
  const dying = made({ metadata: deleting });
  test.each<[string, string, Partial<View>]>([
    ['Requested', 'nothing was made', { partition: wish(), ...absent }],
    ['Created', 'it is on the drive', { partition: wish() }],
    ['Created', 'it was made, and its drive is away', { found: { state: 'driveGone' } }],
    ['Deleting', 'it is being deleted', { partition: dying }],
    ['Deleting', 'it is being deleted and gone from the drive', { partition: dying, ...absent }],
    ['Created', 'it is kept although somebody deleted it', { partition: dying, keep: { reason: 'x', message: '' } }],
  ])('is %s when %s', (state, _, given) => {
    expect(report(given, unsettled).state).toBe(state);
  });
  test('names what is on the drive, with its real size, and remembers it', () => {
    const first = report({ partition: wish(), found: onDrive({ sizeBytes: 3 * 1024 ** 3 }) }, unsettled);
    expect(first).toMatchObject({ partitionUUID: uuid, sizeBytes: 3 * 1024 ** 3, size: '3Gi' });
    const later = report({ partition: { ...made(), status: first }, found: { state: 'driveGone' } }, unsettled);
    expect(later).toMatchObject({ partitionUUID: uuid, sizeBytes: 3 * 1024 ** 3, size: '3Gi' });
  });
  test('names nothing that was never on the drive', () => {
    const status = report({ partition: wish(), ...absent }, unsettled);
    expect(status).not.toHaveProperty('partitionUUID');
    expect(status).not.toHaveProperty('sizeBytes');
  });
  test('says which generation of the wish it answers', () => {
    expect(report({ partition: made({ metadata: { generation: 7 } }) }, settled).observedGeneration).toBe(7);
  });
});

describe('the progress of erasing', () => {
  const half: MeshStorPartition = {
    ...made({ metadata: deleting }),
    status: { ...made().status, wipe: { state: 'Running', bytesDone: 50 } },
  };
  test('is not there before it begins', () => {
    expect(report({ partition: made({ metadata: deleting }) }, unsettled)).not.toHaveProperty('wipe');
  });
  test('moves on with each stretch', () => {
    expect(report({ partition: half }, { settled: false, wipedTo: 80 }).wipe).toEqual({
      state: 'Running',
      bytesDone: 80,
    });
  });
  test('is remembered while something stands in the way', () => {
    const facts = { settled: false, obstacle: { reason: 'Busy', message: '' } };
    expect(report({ partition: half }, facts).wipe).toEqual({ state: 'Running', bytesDone: 50 });
  });
  test('is done when all is erased', () => {
    expect(report({ partition: half, wiped: true }, unsettled).wipe).toEqual({ state: 'Done', bytesDone: 50 });
  });
});

describe('condition Ready', () => {
  const ready = (given: Partial<View>, facts: Facts) => report(given, facts).conditions![0];
  test('is True when all is as it should be', () => {
    expect(ready({}, settled)).toMatchObject({ type: 'Ready', status: 'True', reason: 'Created' });
  });
  test('says what stands in the way, in its words', () => {
    const obstacle = { reason: 'NoSpace', message: 'no extent of 1.00 GiB' };
    expect(ready({}, { settled: false, obstacle })).toMatchObject({ status: 'False', ...obstacle });
  });
  test('says that a kept partition is on its way out, although it serves', () => {
    const obstacle = { reason: 'StillInSync', message: 'it is needed' };
    const given = { partition: made({ metadata: deleting }), keep: obstacle };
    expect(ready(given, { settled: true, obstacle })).toMatchObject({ status: 'False', ...obstacle });
  });
  test.each<[string, Partial<View>]>([
    ['Deleting', { partition: made({ metadata: deleting }) }],
    ['Pending', { partition: wish() }],
  ])('is False with reason %s meanwhile', (reason, given) => {
    expect(ready(given, unsettled)).toMatchObject({ status: 'False', reason });
  });
  test('moves its time only when its status changes', () => {
    const obstacle = { reason: 'HeldLocally', message: '' };
    expect(ready({}, settled)?.lastTransitionTime).toBe(earlier);
    expect(ready({}, { settled: false, obstacle })?.lastTransitionTime).toBe(now);
    expect(ready({ partition: wish() }, settled)?.lastTransitionTime).toBe(now);
  });
});
