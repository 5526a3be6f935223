import type { MeshStorVolume, MeshStorVolumeStatus } from '../../../src/api/model';
import { volumeCondition } from '../../../src/csi/condition';

const partitions: MeshStorVolumeStatus['partitions'] = [
  { name: 'v-0', nodeID: 'n1', device: 'nvme0n1', partitionUUID: 'p0', state: 'Synced' },
  { name: 'v-1', nodeID: 'n2', device: 'nvme1n1', partitionUUID: 'p1', state: 'Synced' },
];
const inSync = (count: number) =>
  Array.from({ length: count }, (_, slot) => ({ partitionUUID: `p${slot}`, memberUUID: `m${slot}`, slot, role: slot }));
const array = { createdAt: '2026-01-01T00:00:00Z' };

const volume = (status: MeshStorVolumeStatus, numberOfCopies = 2) =>
  ({
    metadata: { name: 'v' },
    spec: { capacityBytes: 2 ** 30, numberOfCopies, drivesPerCopy: 1 },
    status,
  }) as MeshStorVolume;

describe('the condition of a volume (G5)', () => {
  it.each<[string, MeshStorVolumeStatus, string]>([
    ['an active array', { array, mdState: 'active', partitions }, 'the array is active'],
    ['a clean array', { array, mdState: 'clean', partitions }, 'the array is clean'],
    ['an array not built yet', {}, 'the array is not built yet'],
    [
      'a detached volume, all in sync',
      { array, mdState: '', inSync: inSync(2) },
      'the array is stopped, and all copies are in sync',
    ],
  ])('%s is normal', (_, status, message) => {
    expect(volumeCondition(volume(status))).toEqual({ abnormal: false, message });
  });

  it('one copy of one is all in sync', () => {
    expect(volumeCondition(volume({ array, inSync: inSync(1) }, 1)).abnormal).toBe(false);
  });

  it.each<[string, MeshStorVolumeStatus, string]>([
    ['a degraded array', { array, mdState: 'degraded', partitions }, 'the array is degraded'],
    ['a lost array', { array, mdState: 'missing', partitions }, 'the array is missing'],
    [
      'a recovering array',
      { array, mdState: 'recovering', syncPercentage: '12.5%' },
      'the array is recovering (12.5%)',
    ],
    [
      'a detached volume with a stale copy',
      { array, inSync: inSync(1) },
      'the array is stopped, and not all copies are in sync',
    ],
    [
      'a failed member',
      {
        array: { ...array, members: [{ partitionUUID: 'p1', state: 'Faulty' }] },
        mdState: 'degraded',
        failedDevices: 1,
        partitions,
      },
      'the array is degraded; failed: n2/nvme1n1',
    ],
    [
      'a member that waits for its path',
      { array: { ...array, members: [{ partitionUUID: 'p1', state: 'Waiting' }] }, mdState: 'active', partitions },
      'down: n2/nvme1n1',
    ],
    [
      'a missing partition under an active array',
      {
        array,
        mdState: 'active',
        missingDevices: 1,
        partitions: [partitions[0]!, { ...partitions[1]!, state: 'Missing' }],
      },
      'down: n2/nvme1n1',
    ],
    ['failures that no record names', { array, mdState: 'active', failedDevices: 2 }, 'failed: 2 devices'],
    [
      'a partition without a drive yet',
      { array, mdState: 'active', partitions: [{ name: 'v-1', nodeID: 'n2', state: 'Missing' }] },
      'down: n2/v-1',
    ],
  ])('%s is abnormal, and the message names the devices', (_, status, message) => {
    expect(volumeCondition(volume(status))).toEqual({ abnormal: true, message });
  });
});
