import type { MeshStorNodeDevice, MeshStorPartition } from '../../../src/api/model';
import { byPartitionUUID, countsOf } from '../../../src/controllers/nodedevice/counts';
import { hazardOf } from '../../../src/controllers/nodedevice/kernel';
import { statusOf, type Seen } from '../../../src/controllers/nodedevice/status';
import { partitions } from '../../../src/api/resources';
import { conditionOf } from '../../../src/api/volume';
import { DriveUse, type Drive, type Partition } from '../../../src/host/gen/host';
import { aPartition, GiB } from '../../support/objects';
import { ApiDouble } from '../controllers/api-double';
import { DrivesDouble } from '../controllers/drives-double';

const now = '2026-01-01T00:10:00Z';
const earlier = '2026-01-01T00:00:00Z';

const aDrive = (change: Partial<Drive> = {}): Drive =>
  new DrivesDouble().addDrive({ id: 'uuid.1', name: 'nvme0n1', ...change });

function aDevice(status?: MeshStorNodeDevice['status']): MeshStorNodeDevice {
  return {
    apiVersion: 'csi.meshstor.io/v1alpha1',
    kind: 'MeshStorNodeDevice',
    metadata: { name: 'node1-nvme0n1' },
    spec: { node: 'node1', device: 'nvme0n1', cordoned: false, evacuate: false },
    status,
  };
}

function report(given: Partial<Seen> = {}) {
  const seen: Seen = {
    device: aDevice(),
    drive: aDrive(),
    counts: { local: 1, remote: 2, unknown: 3 },
    facts: { kernel: '6.12.1', mdadm: '4.4', rdma: true, warnings: [], bootId: 'boot-1' },
    zone: undefined,
    allowOldKernel: false,
    ...given,
  };
  const status = statusOf(seen, now);
  return { ...status, usable: conditionOf({ status }, 'Usable'), present: conditionOf({ status }, 'Present') };
}

describe('D2: a drive', () => {
  test('is described as people and placement need it', () => {
    const free = [
      { startBytes: 0, sizeBytes: 3 * GiB },
      { startBytes: 8 * GiB, sizeBytes: 5 * GiB },
    ];
    expect(report({ drive: aDrive({ free, volatileWriteCache: true }), zone: 'z1' })).toMatchObject({
      deviceID: 'uuid.1',
      model: 'Model',
      serial: 'S1',
      sizeBytes: 1024 ** 4,
      size: '1Ti',
      sectorSize: 512,
      multiQueue: 8,
      writeCache: 'WriteBack',
      localPartitions: 1,
      remotePartitions: 2,
      unknownPartitions: 3,
      freeBytes: 8 * GiB,
      biggestUsableFreeBytes: 5 * GiB,
      biggestUsableFreeSpace: '5Gi',
      updatedAt: now,
      facts: { kernel: '6.12.1', mdadm: '4.4', rdma: true, zone: 'z1' },
    });
  });
  test('without a write cache of its own, or without a zone, says so', () => {
    const status = report({ drive: aDrive({ volatileWriteCache: false }) });
    expect(status.writeCache).toBe('WriteThrough');
    expect(status.facts).not.toHaveProperty('zone');
  });

  test.each<[DriveUse, 'True' | 'False', string]>([
    [DriveUse.BLANK, 'True', 'Blank'],
    [DriveUse.MESHSTOR, 'True', 'InService'],
    [DriveUse.FOREIGN, 'False', 'Foreign'],
    [DriveUse.BUSY, 'False', 'InUse'],
    [DriveUse.UNREADABLE, 'False', 'Unreadable'],
    [DriveUse.UNSPECIFIED, 'False', 'Unreadable'],
    [DriveUse.UNRECOGNIZED, 'False', 'Unreadable'],
  ])('of use %s is usable: %s, because %s', (use, status, reason) => {
    const { usable, present, freeBytes } = report({ drive: aDrive({ use }) });
    expect(usable).toMatchObject({ status, reason });
    expect(present).toMatchObject({ status: 'True', reason: 'Found' });
    expect(freeBytes! > 0).toBe(status === 'True');
  });
  test.each([DriveUse.FOREIGN, DriveUse.BUSY, DriveUse.UNREADABLE])('of use %s says what was found on it', (use) => {
    expect(report({ drive: aDrive({ use, useDetail: 'an LVM physical volume' }) }).usable?.message).toBe(
      'an LVM physical volume',
    );
  });
  test('that cannot be read says so even when nobody knows why', () => {
    expect(report({ drive: aDrive({ use: DriveUse.UNREADABLE }) }).usable?.message).not.toBe('');
  });
  test.each<[string, Partial<Seen>]>([
    ['KernelTooOld', { facts: { kernel: '6.10.9', mdadm: '', rdma: false, warnings: [], bootId: 'boot-1' } }],
    [
      'NodeHazard',
      {
        facts: {
          kernel: '6.12',
          mdadm: '',
          rdma: false,
          warnings: ['udev assembles arrays.', 'So.'],
          bootId: 'boot-1',
        },
      },
    ],
  ])('takes nothing on a node with a hazard: %s', (reason, given) => {
    const status = report(given);
    expect(status.usable).toMatchObject({ status: 'False', reason });
    expect(status).toMatchObject({ freeBytes: 0, biggestUsableFreeBytes: 0, biggestUsableFreeSpace: '0' });
  });
  test('names every hazard of its node', () => {
    const facts = { kernel: '6.12', mdadm: '', rdma: false, warnings: ['One.', 'Two.'], bootId: 'boot-1' };
    expect(report({ facts }).usable?.message).toBe('One. Two.');
  });
  test('is used under an old kernel when that is accepted', () => {
    const facts = { kernel: '5.15.0', mdadm: '', rdma: false, warnings: [], bootId: 'boot-1' };
    expect(report({ facts, allowOldKernel: true }).usable?.status).toBe('True');
  });
  test.each([DriveUse.FOREIGN, DriveUse.BUSY])(
    'of use %s says something even when nobody knows what it holds',
    (use) => {
      expect(report({ drive: aDrive({ use }) }).usable?.message).not.toBe('');
    },
  );
  test('leaves out what it does not have, because older API servers refuse empty strings', () => {
    const facts = { kernel: '', mdadm: '', rdma: false, warnings: [], bootId: 'boot-1' };
    const status = report({ drive: aDrive({ model: '', serial: '' }), facts });
    expect(JSON.stringify(status)).not.toContain('""');
  });
  test('keeps the time since when a condition holds', () => {
    const conditions = ['Present', 'Usable'].map((type) => ({
      type,
      status: 'True' as const,
      reason: 'x',
      message: '',
      lastTransitionTime: earlier,
    }));
    const status = report({ device: aDevice({ conditions }), drive: aDrive({ use: DriveUse.FOREIGN }) });
    expect(status.present?.lastTransitionTime).toBe(earlier);
    expect(status.usable?.lastTransitionTime).toBe(now);
  });
});

test('D4: a drive that is gone is remembered for what it was, offers nothing, and beats on', () => {
  const { conditions: _, ...before } = report();
  const status = report({ device: aDevice(before), drive: undefined, counts: { local: 0, remote: 0, unknown: 0 } });
  expect(status).toMatchObject({
    deviceID: 'uuid.1',
    model: 'Model',
    serial: 'S1',
    sizeBytes: 1024 ** 4,
    size: '1Ti',
    sectorSize: 512,
    multiQueue: 8,
    writeCache: 'WriteThrough',
    freeBytes: 0,
    biggestUsableFreeBytes: 0,
    updatedAt: now,
  });
  expect(status.present).toMatchObject({ status: 'False', reason: 'Gone' });
  expect(status.usable).toMatchObject({ status: 'False', reason: 'Gone' });
});

describe('a kernel', () => {
  test.each(['6.11', '6.11.0-rc1', '6.12.0+deb13-amd64', '7.0.1', '10.2'])(
    'is safe for mirrors over NVMe/TCP: %s',
    (release) => {
      expect(hazardOf(release, false)).toBeUndefined();
    },
  );
  test.each(['6.10.14', '6.2.0-39-generic', '5.15.0', '5.19', '4.18.0-553.el8'])('is not: %s', (release) => {
    expect(hazardOf(release, false)).toContain(release);
    expect(hazardOf(release, true)).toBeUndefined();
  });
  test.each(['', 'unknown', 'v6.12', '6'])('that cannot be told counts as unsafe: %j', (release) => {
    expect(hazardOf(release, false)).toContain('cannot be read');
  });
});

describe('the partitions of a drive', () => {
  const here = aPartition(0, 'node1', 'node1');
  const elsewhere = aPartition(1, 'node1', 'node2');
  const unlabelled: MeshStorPartition = { ...aPartition(2, 'node1'), metadata: { name: 'pvc-1-2' } };
  const cache = new ApiDouble();
  for (const partition of [here, elsewhere, unlabelled]) cache.seed(partitions, partition);
  const lister = cache.lister(partitions, { [byPartitionUUID]: ({ spec }) => spec.partitionUUID });
  const holding = (...uuids: string[]) => aDrive({ partitions: uuids.map((uuid) => ({ uuid }) as Partition) });
  const uuidOf = ({ spec }: MeshStorPartition) => spec.partitionUUID;

  test.each<[string, Drive | undefined, [number, number, number]]>([
    ['of a consumer here are local', holding(uuidOf(here)), [1, 0, 0]],
    ['of a consumer elsewhere are remote', holding(uuidOf(elsewhere)), [0, 1, 0]],
    ['of no consumer yet are remote', holding(uuidOf(unlabelled)), [0, 1, 0]],
    ['that no object claims are unknown', holding('ffffffff-0000-4000-8000-000000000000'), [0, 0, 1]],
    ['are counted each', holding(uuidOf(here), uuidOf(elsewhere), 'x', 'y'), [1, 1, 2]],
    ['of a drive that is gone are none', undefined, [0, 0, 0]],
  ])('%s', (_, drive, [local, remote, unknown]) => {
    expect(countsOf(drive, lister, 'node1')).toEqual({ local, remote, unknown });
  });
});
