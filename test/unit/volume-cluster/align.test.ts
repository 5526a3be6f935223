import type { MeshStorMigration, MeshStorPartition } from '../../../src/api/model';
import { decide } from '../../../src/controllers/volume/cluster/decide';
import { viewOf } from '../../../src/controllers/volume/cluster/view';
import { aPartition, aVolume, recordOf } from '../../support/objects';
import { aMigration } from '../migration/view';

const owner = { nodeName: 'node1', epoch: 2, purpose: 'Attach' as const };
const volume = (recorded: number[]) =>
  aVolume(
    { nodeName: 'node1' },
    {
      owner,
      nodeName: 'node1',
      array: { epoch: 1, createdAt: '2026-01-01T00:00:00Z' },
      inSync: recorded.map((slot) => recordOf(slot)),
    },
    { labels: { 'meshstor.io/consumer': 'node1' } },
  );

/** Names of the partitions that C9 changes. */
function aligned(
  partitions: MeshStorPartition[],
  recorded = [0, 1],
  migrations: readonly MeshStorMigration[] = [],
): string[] {
  const seen = { takenSlots: [0, 1], candidates: [], deadNodes: new Set<string>(), handoverOverdue: false };
  const { actions } = decide(viewOf({ ...seen, volume: volume(recorded), partitions, migrations }));
  return actions.flatMap((action) => (action.verb === 'alignPartition' ? [action.name] : []));
}

const deleting = (partition: MeshStorPartition): MeshStorPartition => ({
  ...partition,
  metadata: { ...partition.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' },
});
const local = aPartition(0, 'node1', 'node1', 2);

describe('C9: partitions that follow the owner', () => {
  test('are those of an earlier epoch', () => {
    expect(aligned([local, aPartition(1, 'node2', 'node1', 1)])).toEqual(['pvc-1-1']);
    expect(aligned([local, aPartition(1, 'node2', 'node1', 2)])).toEqual([]);
  });
  test('are those with other importers or another consumer', () => {
    const other = aPartition(1, 'node2', 'node1', 2);
    expect(aligned([local, { ...other, spec: { ...other.spec, importers: ['node1', 'node3'] } }])).toEqual(['pvc-1-1']);
    expect(aligned([local, { ...other, metadata: { ...other.metadata, labels: {} } }])).toEqual(['pvc-1-1']);
  });
  test('are never those of a later epoch: the view of the volume is old, and an epoch only rises', () => {
    expect(aligned([local, aPartition(1, 'node2', 'node3', 3)])).toEqual([]);
  });
  test('are also recorded ones that somebody deleted: they are kept, and the owner needs them', () => {
    expect(aligned([local, deleting(aPartition(1, 'node2', 'node1', 1))])).toEqual(['pvc-1-1']);
    expect(aligned([local, deleting(aPartition(1, 'node2', 'node1', 1))], [0])).toEqual([]);
  });
  test('are never those of an earlier volume of the name', () => {
    const namesake = aPartition(1, 'node2', 'node1', 1);
    expect(aligned([local, { ...namesake, spec: { ...namesake.spec, volumeUID: 'another' } }])).toEqual([]);
  });
  test.each<[string, boolean, boolean, number[], string[]]>([
    ['which a paused move makes', true, false, [0], ['pvc-1-1']],
    ['which is held already', true, true, [0], []],
    ['which a move makes that goes on', false, true, [0], ['pvc-1-1']],
    ['which holds every write, so that nothing is copied', true, true, [0, 1], ['pvc-1-1']],
  ])('are held or let go: one %s', (_, paused, held, recorded, expected) => {
    const partition = aPartition(1, 'node2', 'node1', 2);
    const target = { ...partition, spec: { ...partition.spec, ...(held && { copyPaused: true }) } };
    const moves = [{ target: 'pvc-1-1', nodeName: 'node2' }];
    expect(aligned([local, target], recorded, [aMigration({ paused }, { phase: 'Running', moves })])).toEqual(expected);
  });
  test('are let go when the move that was paused is over, or gone', () => {
    const partition = aPartition(1, 'node2', 'node1', 2);
    const held = { ...partition, spec: { ...partition.spec, copyPaused: true } };
    expect(aligned([local, held], [0])).toEqual(['pvc-1-1']);
  });
});
