import type { MeshStorVolume } from '../../../src/api/model';
import { keepReason } from '../../../src/controllers/partition/keep';
import { aVolume, recordOf } from '../../support/objects';
import { deleting, made } from './objects';

const counted = { inSync: [recordOf(0), recordOf(1)] };
const partition = made({ metadata: deleting });

test.each<[string, MeshStorVolume]>([
  ['is attached and counts on it', aVolume({ nodeName: 'node1' }, counted)],
  ['is attached nowhere and counts on it', aVolume({}, counted)],
  ['is to be deleted but still attached', aVolume({ nodeName: 'node1' }, counted, deleting)],
])('a partition is kept while its volume %s', (_, volume) => {
  const reason = keepReason(partition, volume);
  expect(reason?.reason).toBe('StillInSync');
  expect(reason?.message).toContain('pvc-1-1');
});

test.each<[string, MeshStorVolume | undefined]>([
  ['is gone', undefined],
  ['is gone, and another one has its name', aVolume({ nodeName: 'node1' }, counted, { uid: 'another' })],
  ['is being deleted and attached nowhere', aVolume({}, counted, deleting)],
  ['does not count on it', aVolume({ nodeName: 'node1' }, { inSync: [recordOf(0)] })],
  ['counts on nothing yet', aVolume({ nodeName: 'node1' })],
])('a partition may go when its volume %s', (_, volume) => {
  expect(keepReason(partition, volume)).toBeUndefined();
});
