import { localCopy } from '../../../src/controllers/volume/cluster/local-copy';
import type { Candidate } from '../../../src/controllers/volume/cluster/placement';
import { aPartition, aVolume, recordOf } from '../../support/objects';
import { deleting, inUse, look, owner, used, type Case } from './reporting';

describe('LocalCopy', () => {
  const elsewhere = [aPartition(1, 'node2'), aPartition(2, 'node3')];
  const drive = (change: Partial<Candidate> = {}): Candidate => ({
    nodeName: 'node1',
    zone: undefined,
    device: 'nvme0n1',
    deviceID: 'uuid.node1',
    sectorSize: 512,
    freeBytes: 2 ** 40,
    excluded: undefined,
    ...change,
  });
  const verdict = (given: Case, candidates: Candidate[] = []) => {
    const view = { ...look(given), candidates };
    return localCopy(view, view.volume.status?.owner);
  };
  const away = { volume: used({ inSync: [recordOf(1), recordOf(2)] }), partitions: elsewhere };

  test('is there when the consumer has a copy that holds every write', () => {
    expect(verdict({})).toMatchObject({ status: 'True', reason: 'InSync' });
  });
  test('is on its way while that copy is synchronised', () => {
    expect(verdict({ volume: used({ inSync: [recordOf(1)] }) })).toMatchObject({ status: 'False', reason: 'Syncing' });
  });
  test('is on its way when one can follow', () => {
    expect(verdict(away, [drive()])).toMatchObject({ status: 'False', reason: 'Moving' });
  });
  test('has no room, with what stands against each drive', () => {
    const drives = [drive({ freeBytes: 2 ** 20 }), drive({ device: 'nvme1n1', excluded: 'is cordoned' })];
    const found = verdict(away, [...drives, drive({ nodeName: 'node4' })]);
    expect(found).toMatchObject({ status: 'False', reason: 'NoLocalSpace' });
    expect(found?.message).toMatch(/node1 crosses the network.*nvme0n1 has 0\.00 GiB free.*nvme1n1 is cordoned/);
    expect(found?.message).not.toContain('node4');
  });
  test('has no room on a node without drives', () => {
    expect(verdict(away)?.message).toContain('has no drive known to MeshStor');
  });
  test('does not follow where it is not to', () => {
    const volume = used({ inSync: [recordOf(1), recordOf(2)] }, { followConsumer: false });
    expect(verdict({ ...away, volume }, [drive()])).toMatchObject({ status: 'False', reason: 'NotFollowing' });
  });
  test.each<[string, Case]>([
    ['nobody uses the volume', { volume: aVolume({}, { ...inUse, owner: { ...owner, purpose: 'Initialize' } }) }],
    ['the volume is being deleted', { volume: aVolume({ nodeName: 'node1' }, inUse, deleting) }],
  ])('is not spoken of while %s', (_, given) => {
    expect(verdict(given)).toBeUndefined();
  });
});
