import type { MeshStorNodeDevice, MeshStorPartition } from '../../../src/api/model';
import { silenceLimitMs } from '../../../src/api/silence';
import { candidateOf, Promises, Unreported } from '../../../src/controllers/volume/cluster/space';
import { FakeClock } from '../../support/fake-clock';
import { aPartition, GiB, volumeUID } from '../../support/objects';
import { aDevice } from './world';

const drive = 'uuid.node1-nvme0n1';

/** A partition on the drive whose node reports since `since` that it exists, or that it does not. */
function planned(since: string, status: 'True' | 'False' = 'True'): MeshStorPartition {
  const partition = aPartition(0, 'node1');
  const conditions = [{ type: 'Ready', status, reason: '', message: '', lastTransitionTime: since }];
  return { ...partition, spec: { ...partition.spec, sizeBytes: GiB }, status: { ...partition.status, conditions } };
}

describe('what can be promised of a drive', () => {
  const free = (onDevice: readonly MeshStorPartition[], promised = 0) =>
    candidateOf(aDevice('node1', 'nvme0n1', 10 * GiB), onDevice, promised, undefined).freeBytes;

  test('is its largest free stretch', () => {
    expect(free([])).toBe(10 * GiB);
  });
  test('is less by what was promised and cannot be seen', () => {
    expect(free([], 3 * GiB)).toBe(7 * GiB);
  });
  test.each<[string, MeshStorPartition, boolean]>([
    ['made before the report', planned('2025-12-31T23:59:59Z'), true],
    ['made in the second of the report', planned('2026-01-01T00:00:00Z'), false],
    ['made after the report', planned('2026-01-01T00:00:01Z'), false],
    ['not made yet', planned('2025-12-31T23:59:59Z', 'False'), false],
    ['never looked at by its node', { ...planned(''), status: undefined }, false],
  ])('is less by a partition %s, unless the report has it', (_, partition, inReport) => {
    expect(free([partition])).toBe(inReport ? 10 * GiB : 9 * GiB);
  });
  test('is less by each of several partitions that the report lacks', () => {
    expect(free([planned('2026-01-01T00:00:01Z'), planned('2026-01-01T00:00:02Z')], GiB)).toBe(7 * GiB);
  });
  test('is nothing of a drive that was never reported, whatever is planned on it', () => {
    const candidate = candidateOf({ ...aDevice('node1'), status: undefined }, [planned('')], 0, 'x');
    expect(candidate).toMatchObject({ deviceID: '', sectorSize: 0, freeBytes: -GiB, excluded: 'x' });
  });
});

describe('partitions that the report of their drive may lack', () => {
  const device = (updatedAt: string): MeshStorNodeDevice => {
    const reportedThen = aDevice('node1');
    return { ...reportedThen, status: { ...reportedThen.status, updatedAt } };
  };
  const atNoon = '2026-01-01T12:00:00Z';
  const seen = (...partitions: MeshStorPartition[]) => {
    const unreported = new Unreported(new FakeClock(atNoon));
    for (const now of partitions) unreported.observe({ now });
    return unreported;
  };
  const names = (found: readonly MeshStorPartition[]) => found.map(({ metadata }) => metadata.name);

  test('are known by their drive until a report has them', () => {
    const unreported = seen(planned('2026-01-01T11:59:50Z'));
    expect(names(unreported.on(device('2026-01-01T11:59:50Z')))).toEqual(['pvc-1-0']);
    expect(unreported.on(aDevice('node2'))).toEqual([]);
    expect(unreported.on(device('2026-01-01T11:59:51Z'))).toEqual([]);
  });
  test('are those whose node has not made them, however old the report is allowed to be', () => {
    const unreported = seen(planned('2025-01-01T00:00:00Z', 'False'));
    expect(names(unreported.on(device(atNoon)))).toEqual(['pvc-1-0']);
  });
  test('are looked at anew when their condition changes', () => {
    const unreported = seen(planned('2026-01-01T11:59:50Z', 'False'), planned('2026-01-01T11:59:59Z'));
    expect(names(unreported.on(device('2026-01-01T11:59:59Z')))).toEqual(['pvc-1-0']);
    expect(unreported.on(device(atNoon))).toEqual([]);
  });
  test('are forgotten with their object', () => {
    const unreported = seen(planned('', 'False'));
    unreported.observe({ before: planned('', 'False') });
    expect(unreported.on(device(atNoon))).toEqual([]);
  });
  test('are none that every report which still counts must have', () => {
    const staleAt = Date.parse(atNoon) - silenceLimitMs;
    const second = (ms: number) => new Date(ms).toISOString().replace('.000Z', 'Z');
    expect(seen(planned(second(staleAt - 1000))).on(device(second(staleAt - 1000)))).toEqual([]);
    expect(names(seen(planned(second(staleAt))).on(device(second(staleAt))))).toEqual(['pvc-1-0']);
  });
});

describe('promises', () => {
  const on = (slot: number, node: string): MeshStorPartition => {
    const partition = aPartition(slot, node);
    return { ...partition, spec: { ...partition.spec, sizeBytes: (slot + 1) * GiB } };
  };
  test('take their space on their own drive until they are settled', () => {
    const promises = new Promises();
    promises.promise(on(0, 'node1'));
    promises.promise(on(1, 'node1'));
    promises.promise(on(2, 'node2'));
    expect(promises.on(drive)).toBe(3 * GiB);
    promises.settle('pvc-1-0');
    expect(promises.on(drive)).toBe(2 * GiB);
    promises.settle('pvc-1-0');
    expect(promises.on('uuid.node2-nvme0n1')).toBe(3 * GiB);
  });
  test('are kept once the cache had the partition, though it was gone again before anybody looked', () => {
    const promises = new Promises();
    const made = on(0, 'node1');
    promises.promise(made);
    promises.observe({ now: made });
    expect(promises.of(volumeUID)).toEqual([]);
    promises.promise(made);
    promises.observe({ before: made });
    expect(promises.of(volumeUID)).toEqual([]);
  });
  test.each<[string, MeshStorPartition]>([
    ['an earlier partition of the name ends', on(0, 'node1')],
    ['it may not have been made yet', { ...on(0, 'node1'), metadata: { name: 'pvc-1-0' } }],
  ])('stand when %s', (_, promised) => {
    const promises = new Promises();
    promises.promise(promised);
    promises.observe({ before: { ...promised, metadata: { ...promised.metadata, uid: 'earlier' } } });
    expect(promises.of(volumeUID)).toEqual([promised]);
  });
  const { uid: _none, ...unmade } = on(0, 'node1').metadata;
  const unknown = { ...on(0, 'node1'), metadata: unmade };
  const former = { ...on(0, 'node1'), metadata: { ...on(0, 'node1').metadata, uid: 'earlier' } };
  const ofFormerVolume = { ...former, spec: { ...former.spec, volumeUID: 'another' } };
  const leaving = { ...former, metadata: { ...former.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
  test.each<[string, MeshStorPartition, MeshStorPartition, boolean]>([
    ['the partition itself', on(0, 'node1'), on(0, 'node1'), false],
    ['what an attempt made whose answer was lost', unknown, on(0, 'node1'), false],
    ['an earlier one of the name', on(0, 'node1'), former, true],
    ['one of an earlier volume of the name', unknown, ofFormerVolume, true],
    ['an earlier one that is being deleted', unknown, leaving, true],
  ])('of what the cache shows, are judged by what it is: %s', (_, promised, shown, stands) => {
    const promises = new Promises();
    promises.promise(promised);
    promises.seen(shown);
    expect(promises.of(volumeUID)).toEqual(stands ? [promised] : []);
  });
  test('given twice for one partition take its space once, where it was promised last', () => {
    const promises = new Promises();
    promises.promise(on(0, 'node1'));
    promises.promise(on(0, 'node2'));
    expect(promises.on(drive)).toBe(0);
    expect(promises.on('uuid.node2-nvme0n1')).toBe(GiB);
  });
  test('are told by volume, and forgotten with it', () => {
    const promises = new Promises();
    const other = { ...on(1, 'node1'), metadata: { name: 'pvc-2-0' } };
    promises.promise(on(0, 'node1'));
    promises.promise({ ...other, spec: { ...other.spec, volumeName: 'pvc-2', volumeUID: 'other' } });
    expect(promises.of(volumeUID)).toEqual([on(0, 'node1')]);
    promises.forget('pvc-1');
    expect(promises.of(volumeUID)).toEqual([]);
    expect(promises.of('other')).toHaveLength(1);
  });
});
