import { nodeDevices, partitions } from '../../../src/api/resources';
import { conditionOf } from '../../../src/api/volume';
import { allDrives, NodeDeviceReconciler } from '../../../src/controllers/nodedevice';
import { byPartitionUUID } from '../../../src/controllers/nodedevice/counts';
import { HostError } from '../../../src/host/errors';
import { DriveUse } from '../../../src/host/gen/host';
import { ApiError } from '../../../src/runtime/kube/client';
import { FakeClock } from '../../support/fake-clock';
import { ApiDouble } from '../controllers/api-double';
import { DrivesDouble } from '../controllers/drives-double';
import { EventsDouble } from '../controllers/events-double';
import { aPass } from '../controllers/pass';

function node(drives = ['nvme0n1']) {
  const api = new ApiDouble();
  const host = new DrivesDouble();
  const events = new EventsDouble();
  const clock = new FakeClock('2026-01-01T00:00:00Z');
  for (const name of drives) host.addDrive({ id: `uuid.${name}`, name });
  const reconciler = new NodeDeviceReconciler({
    kube: api,
    host: host.agent,
    devices: api.lister(nodeDevices),
    partitions: api.lister(partitions, { [byPartitionUUID]: ({ spec }) => spec.partitionUUID }),
    clock,
    events,
    nodeName: 'node1',
    zone: () => 'z1',
    allowOldKernel: false,
    judged: () => undefined,
  });
  return {
    api,
    host,
    events,
    clock,
    /** Milliseconds until the next look. */
    reconcile: async () => {
      const outcome = await reconciler.reconcile(allDrives, aPass());
      return outcome.kind === 'wait' ? outcome.ms : 0;
    },
    device: (name = 'nvme0n1') => api.peek(nodeDevices, `node1-${name}`),
    drive: (name = 'nvme0n1') => host.drives.get(`uuid.${name}`)!,
  };
}

const path = 'meshstornodedevices/node1-nvme0n1';

describe('D1: a drive without an object', () => {
  test('gets one, labelled with its node and with the full names in the spec, and is reported at once', async () => {
    const { api, reconcile, device } = node();
    expect(await reconcile()).toBe(20_000);
    expect(api.writes).toEqual([`create ${path}`, `apply ${path}`]);
    expect(device()).toMatchObject({
      metadata: { labels: { 'meshstor.io/node': 'node1' } },
      spec: { node: 'node1', device: 'nvme0n1', cordoned: false, evacuate: false },
      status: { deviceID: 'uuid.nvme0n1', updatedAt: '2026-01-01T00:00:00Z', facts: { zone: 'z1' } },
    });
  });

  test('that somebody made meanwhile is used as it is, cordon and all', async () => {
    const { api, reconcile, device } = node();
    api.hold();
    api.seed(nodeDevices, {
      apiVersion: 'csi.meshstor.io/v1alpha1',
      kind: 'MeshStorNodeDevice',
      metadata: { name: 'node1-nvme0n1' },
      spec: { node: 'node1', device: 'nvme0n1', cordoned: true, evacuate: false },
    });
    await reconcile();
    expect(device()).toMatchObject({ spec: { cordoned: true }, status: { deviceID: 'uuid.nvme0n1' } });
  });

  test('that the cache has not shown yet is not made twice', async () => {
    const { api, clock, reconcile } = node();
    api.hold();
    await reconcile();
    await clock.advance(20_000);
    await reconcile();
    expect(api.writes).toEqual([`create ${path}`, `apply ${path}`, `create ${path}`, `apply ${path}`]);
  });

  test('that cannot be made is a failure, after every other drive was reported', async () => {
    const { api, reconcile, device } = node(['nvme0n1', 'nvme1n1']);
    api.before = ({ verb, path: at }) => {
      if (verb === 'create' && at === path) throw new ApiError(500, 'InternalError', 'etcd is away');
    };
    await expect(reconcile()).rejects.toThrow('etcd is away');
    expect(device('nvme1n1')?.status?.updatedAt).toBe('2026-01-01T00:00:00Z');
  });
});

describe('D2: a change', () => {
  test('is reported at once after a quiet second', async () => {
    const { api, clock, drive, reconcile, device } = node();
    await reconcile();
    await clock.advance(1_000);
    drive().use = DriveUse.FOREIGN;
    expect(await reconcile()).toBe(20_000);
    expect(conditionOf(device()!, 'Usable')?.reason).toBe('Foreign');
    expect(api.count('apply')).toBe(2);
  });

  test('within a second of the last report waits for the rest of it, and takes later ones along', async () => {
    const { api, clock, drive, reconcile, device } = node();
    await reconcile();
    await clock.advance(300);
    drive().free = [{ startBytes: 0, sizeBytes: 10 }];
    expect(await reconcile()).toBe(700);
    await clock.advance(699);
    drive().free = [{ startBytes: 0, sizeBytes: 20 }];
    expect(await reconcile()).toBe(1);
    expect(api.count('apply')).toBe(1);
    await clock.advance(1);
    expect(await reconcile()).toBe(20_000);
    expect(device()?.status?.freeBytes).toBe(20);
    expect(api.count('apply')).toBe(2);
  });

  test('of one drive is not a write for the others, and the wait is that of the most urgent', async () => {
    const { api, clock, drive, reconcile } = node(['nvme0n1', 'nvme1n1']);
    await reconcile();
    await clock.advance(400);
    drive('nvme1n1').queues = 1;
    expect(await reconcile()).toBe(600);
    await clock.advance(600);
    expect(await reconcile()).toBe(19_000);
    expect(api.writes.slice(-1)).toEqual(['apply meshstornodedevices/node1-nvme1n1']);
  });

  test('of what a condition says is told in an event, once', async () => {
    const { clock, drive, events, reconcile } = node();
    await reconcile();
    expect(events.list).toEqual([]);
    drive().use = DriveUse.BUSY;
    await clock.advance(1_000);
    await reconcile();
    await clock.advance(20_000);
    await reconcile();
    drive().use = DriveUse.MESHSTOR;
    await clock.advance(1_000);
    await reconcile();
    expect(events.list).toEqual(['Warning InUse node1-nvme0n1', 'Normal InService node1-nvme0n1']);
  });
});

describe('D3: the heartbeat', () => {
  test('comes 20 s after the last report, not before', async () => {
    const { api, clock, reconcile, device } = node();
    await reconcile();
    await clock.advance(18_999);
    expect(await reconcile()).toBe(1_001);
    expect(api.count('apply')).toBe(1);
    await clock.advance(1_001);
    expect(await reconcile()).toBe(20_000);
    expect(device()?.status?.updatedAt).toBe('2026-01-01T00:00:20Z');
  });

  test('comes three times in any 60 s, however often the drives are looked at', async () => {
    const { clock, api, reconcile } = node();
    for (let second = 0; second <= 60; second += 5) {
      await reconcile();
      await clock.advance(5_000);
    }
    expect(api.count('apply')).toBe(4);
  });

  test('that failed is not counted as one', async () => {
    const { api, clock, reconcile, device } = node();
    await reconcile();
    await clock.advance(20_000);
    api.before = ({ verb }) => {
      if (verb === 'apply') throw new ApiError(503, 'ServiceUnavailable', 'overloaded');
    };
    await expect(reconcile()).rejects.toThrow('overloaded');
    api.before = () => undefined;
    await clock.advance(1_000);
    await reconcile();
    expect(device()?.status?.updatedAt).toBe('2026-01-01T00:00:21Z');
  });

  test('of one drive does not fail with that of another', async () => {
    const { api, clock, reconcile, device } = node(['nvme0n1', 'nvme1n1']);
    await reconcile();
    await clock.advance(20_000);
    api.before = ({ verb, path: at }) => {
      if (verb === 'apply' && at === path) throw new ApiError(422, 'Invalid', 'model is too long');
    };
    await expect(reconcile()).rejects.toThrow('model is too long');
    expect(device('nvme1n1')?.status?.updatedAt).toBe('2026-01-01T00:00:20Z');
  });

  test('of a node without drives asks for nothing but the next look', async () => {
    const { api, reconcile } = node([]);
    expect(await reconcile()).toBe(20_000);
    expect(api.writes).toEqual([]);
  });

  test('stops when the host agent does not answer: a node that knows nothing of its drives is stale', async () => {
    const { api, clock, host, reconcile } = node();
    await reconcile();
    await clock.advance(20_000);
    host.before = () => {
      throw new HostError('Unreachable', 'no agent');
    };
    await expect(reconcile()).rejects.toThrow('no agent');
    expect(api.count('apply')).toBe(1);
  });
});

describe('D4: a drive that left', () => {
  test('stays as an object, says so, and goes on beating', async () => {
    const { clock, events, host, reconcile, device } = node();
    await reconcile();
    host.removeDrive('uuid.nvme0n1');
    await clock.advance(1_000);
    await reconcile();
    expect(conditionOf(device()!, 'Present')).toMatchObject({ status: 'False', reason: 'Gone' });
    expect(device()?.status).toMatchObject({ deviceID: 'uuid.nvme0n1', freeBytes: 0 });
    expect(events.list).toEqual(['Warning Gone node1-nvme0n1', 'Warning Gone node1-nvme0n1']);
    await clock.advance(20_000);
    await reconcile();
    expect(device()?.status?.updatedAt).toBe('2026-01-01T00:00:21Z');
  });

  test("of another node is not this node's business", async () => {
    const { api, reconcile } = node([]);
    api.seed(nodeDevices, {
      apiVersion: 'csi.meshstor.io/v1alpha1',
      kind: 'MeshStorNodeDevice',
      metadata: { name: 'node2-nvme0n1' },
      spec: { node: 'node2', device: 'nvme0n1', cordoned: false, evacuate: false },
    });
    await reconcile();
    expect(api.writes).toEqual([]);
  });

  test('and came back under the name as another one is reported as that', async () => {
    const { clock, host, reconcile, device } = node();
    await reconcile();
    host.removeDrive('uuid.nvme0n1');
    host.addDrive({ id: 'uuid.new', name: 'nvme0n1' });
    await clock.advance(1_000);
    await reconcile();
    expect(device()?.status?.deviceID).toBe('uuid.new');
  });
});
