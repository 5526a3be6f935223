import type { MeshStorPartition } from '../../../src/api/model';
import { partitions } from '../../../src/api/resources';
import { HostError } from '../../../src/host/errors';
import { DriveUse } from '../../../src/host/gen/host';
import { ApiError } from '../../../src/runtime/kube/client';
import { volumeUID } from '../../support/objects';
import type { DrivesDouble } from '../controllers/drives-double';
import { node, servingNode, settled } from './node';
import { anExport, endpoint, uuid, wish } from './objects';

const path = 'meshstorpartitions/pvc-1-1';

test('a wish is made, served and confirmed in one pass and one write', async () => {
  const { api, host, reconcile, now } = node();
  expect(await reconcile()).toEqual(settled);
  expect(host.effects).toEqual(['createPartition', 'applyExport e1']);
  expect(api.writes).toEqual([`apply ${path}`]);
  expect(now()?.status).toMatchObject({
    state: 'Created',
    partitionUUID: uuid,
    export: { epoch: 1, state: 'Serving' },
  });
});

test('nothing is written or touched when nothing changed', async () => {
  const { api, host, reconcile } = await servingNode();
  expect(await reconcile()).toEqual(settled);
  expect(api.writes).toEqual([]);
  expect(host.effects).toEqual([]);
});

test("another node's partition is left alone", async () => {
  const { api, host, reconcile } = node(wish({ spec: { nodeName: 'node1' } }));
  expect(await reconcile()).toEqual(settled);
  expect([...api.calls, ...host.calls]).toEqual([]);
});

test('a crash between making a partition and its report is mended by the next pass, which makes no second one', async () => {
  const { api, host, start, reconcile, now } = node();
  api.before = ({ verb }) => {
    if (verb === 'apply') throw new Error('crashed');
  };
  await expect(reconcile()).rejects.toThrow('crashed');
  expect(now()?.status).toBeUndefined();
  api.before = () => undefined;
  expect(await reconcile(start())).toEqual(settled);
  expect(host.effects.filter((call) => call === 'createPartition')).toHaveLength(1);
  expect(now()?.status?.state).toBe('Created');
});

describe('P3 to P5: when the epoch rises', () => {
  test('the old export ends before the new one is made, and only then the new epoch is confirmed', async () => {
    const { host, edit, reconcile, now } = await servingNode();
    edit(({ spec }) => (spec.epoch = 2));
    const epochs: (number | undefined)[] = [];
    host.before = () => void epochs.push(now()?.status?.export?.epoch);
    await reconcile();
    expect(host.effects).toEqual(['removeExport e1', 'applyExport e2']);
    expect(new Set(epochs)).toEqual(new Set([1]));
    expect(now()?.status?.export).toMatchObject({ epoch: 2, state: 'Serving' });
  });

  test('a node that cannot end the old export does not confirm the new epoch', async () => {
    const { host, edit, reconcile, now, ready } = await servingNode();
    edit(({ spec }) => (spec.epoch = 2));
    host.before = (verb) => {
      if (verb === 'removeExport') throw new HostError('Timeout', 'configfs did not answer');
    };
    await expect(reconcile()).rejects.toThrow('configfs did not answer');
    expect(now()?.status?.export).toMatchObject({ epoch: 1 });
    expect(ready()).toMatchObject({ status: 'False', reason: 'Timeout', message: 'configfs did not answer' });
  });

  test('an owner on this node is confirmed without an export, whoever else was served before', async () => {
    const { host, edit, reconcile, now } = await servingNode();
    edit(({ spec }) => Object.assign(spec, { epoch: 2, importers: [] }));
    await reconcile();
    expect(host.effects).toEqual(['removeExport e1']);
    expect(now()?.status?.export).toEqual({ epoch: 2, state: 'None' });
  });

  test.each<[string, (partition: MeshStorPartition) => void]>([
    ['another has its name', ({ metadata }) => (metadata.uid = 'another')],
    ['it is being deleted', ({ metadata }) => (metadata.deletionTimestamp = '2026-01-01T00:00:00Z')],
    ['this node has let go of it', ({ metadata }) => (metadata.finalizers = [])],
  ])('P2: nothing is made for an object that a lagging cache shows when %s', async (_, change) => {
    const { api, host, edit, reconcile } = node();
    api.hold();
    edit(change);
    await expect(reconcile()).rejects.toThrow('nothing was made');
    expect(host.effects).toEqual([]);
  });

  test.each<[string, (partition: MeshStorPartition) => void]>([
    ['the epoch', ({ spec }) => (spec.epoch = 2)],
    ['the importers', ({ spec }) => (spec.importers = ['node3'])],
    ['the object', ({ metadata }) => (metadata.uid = 'another')],
  ])('P5: nothing is exported on the word of a cache that lags behind etcd in %s', async (_, change) => {
    const { api, host, edit, reconcile, now } = node();
    api.hold();
    host.before = (verb) => {
      if (verb === 'createPartition') edit(change);
    };
    await expect(reconcile()).rejects.toThrow('changed since it was seen; nothing was exported');
    expect(host.effects).toEqual(['createPartition']);
    expect(now()?.status?.export).toBeUndefined();
  });

  test('P5: nothing is exported for an object that is gone from etcd', async () => {
    const { api, host, reconcile } = node();
    api.hold();
    host.before = (verb) => {
      if (verb === 'createPartition') api.erase(partitions, 'pvc-1-1');
    };
    await expect(reconcile()).rejects.toThrow('nothing was exported');
    expect(host.effects).toEqual(['createPartition']);
  });

  test('a cache that lags behind what this node exported already touches nothing and says so', async () => {
    const { api, host, edit, start, reconcile, now } = await servingNode();
    const catchUp = api.hold();
    edit(({ spec }) => (spec.epoch = 2));
    host.partitions.get(uuid)!.exports = [anExport(2)];
    expect(await reconcile(start())).toMatchObject({ kind: 'wait', for: 'StaleView' });
    expect(host.effects).toEqual([]);
    catchUp();
    expect(await reconcile()).toEqual(settled);
    expect(now()?.status?.export?.epoch).toBe(2);
  });
});

describe('P4: a partition that the array of this node holds', () => {
  test('waits, is looked at again, and is served once it was let go of', async () => {
    const { host, edit, events, reconcile, now, ready } = await servingNode();
    edit(({ spec }) => Object.assign(spec, { epoch: 2, importers: [] }));
    await reconcile();
    host.partitions.get(uuid)!.heldByVolumeUid = volumeUID;
    edit(({ spec }) => Object.assign(spec, { epoch: 3, importers: ['node1'] }));
    expect(await reconcile()).toEqual({ kind: 'wait', ms: 10_000, for: 'HeldLocally' });
    expect(now()?.status?.export).toEqual({ epoch: 2, state: 'None' });
    expect(ready()).toMatchObject({ status: 'False', reason: 'HeldLocally' });
    await reconcile();
    expect(events.list).toEqual(['Warning HeldLocally pvc-1-1']);
    host.partitions.get(uuid)!.heldByVolumeUid = '';
    expect(await reconcile()).toEqual(settled);
    expect(now()?.status?.export).toMatchObject({ epoch: 3, state: 'Serving' });
  });
});

describe('P2: a host that refuses', () => {
  test.each<[string, string, (host: DrivesDouble) => void]>([
    ['NoSpace', 'the drive is full', (host) => (host.drives.get('uuid.node2-nvme0n1')!.free = [])],
    [
      'Foreign',
      "the drive is somebody else's",
      (host) => (host.drives.get('uuid.node2-nvme0n1')!.use = DriveUse.FOREIGN),
    ],
  ])('becomes the condition %s when %s, and is tried again with back-off', async (reason, _, change) => {
    const { host, events, reconcile, now, ready } = node();
    change(host);
    await expect(reconcile()).rejects.toBeInstanceOf(HostError);
    expect(ready()).toMatchObject({ status: 'False', reason });
    expect(now()?.status?.state).toBe('Requested');
    await expect(reconcile()).rejects.toBeInstanceOf(HostError);
    expect(events.list).toEqual([`Warning ${reason} pvc-1-1`]);
  });

  test('because the drive left between looking and making is told from a failure', async () => {
    const { host, reconcile, ready } = node();
    host.before = (verb) => {
      if (verb === 'createPartition') host.removeDrive('uuid.node2-nvme0n1');
    };
    await expect(reconcile()).rejects.toBeInstanceOf(HostError);
    expect(ready()).toMatchObject({ reason: 'DriveNotFound' });
  });

  test('to read the drive makes no second partition', async () => {
    const { host, reconcile, now, ready } = await servingNode();
    host.drives.get('uuid.node2-nvme0n1')!.use = DriveUse.UNREADABLE;
    expect(await reconcile()).toMatchObject({ kind: 'wait', for: 'DriveUnreadable' });
    expect(host.effects).toEqual([]);
    expect(now()?.status?.export).toMatchObject({ epoch: 1 });
    expect(ready()).toMatchObject({
      status: 'False',
      reason: 'DriveUnreadable',
      message: 'drive nvme0n1 does not answer',
    });
  });

  test('to reach the host agent says nothing of the drive, which nobody may take for lost', async () => {
    const { api, host, reconcile, ready } = await servingNode();
    host.before = () => {
      throw new HostError('Unreachable', 'the host agent is not there');
    };
    await expect(reconcile()).rejects.toThrow('the host agent is not there');
    host.before = (verb) => {
      if (verb === 'getPartition') throw new HostError('Unreachable', 'the host agent went away');
    };
    await expect(reconcile()).rejects.toThrow('the host agent went away');
    expect([api.writes, ready()?.status]).toEqual([[], 'True']);
  });

  test('in a way that is not about the partition leaves its status as it was', async () => {
    const { api, host, reconcile } = await servingNode();
    host.before = (verb) => {
      if (verb === 'getPartition') throw new HostError('Internal', 'nobody knows');
    };
    await expect(reconcile()).rejects.toThrow('nobody knows');
    expect(api.writes).toEqual([]);
  });

  test('and an API server that refuses the report are both reported: the second one ends the pass', async () => {
    const { api, host, reconcile } = node();
    host.drives.get('uuid.node2-nvme0n1')!.free = [];
    api.before = ({ verb }) => {
      if (verb === 'apply') throw new ApiError(500, 'InternalError', 'etcd is away');
    };
    await expect(reconcile()).rejects.toThrow('etcd is away');
  });
});

describe('P2: a drive that leaves with a partition that is served', () => {
  test('takes the export along, so that the owner sees the loss, and the epoch stays confirmed', async () => {
    const { host, reconcile, now, ready } = await servingNode();
    host.removeDrive('uuid.node2-nvme0n1');
    expect(await reconcile()).toMatchObject({ kind: 'wait', for: 'DriveGone' });
    expect(host.effects).toEqual(['removeExport e1']);
    expect(now()?.status?.export).toEqual({ epoch: 1, state: 'None' });
    expect(ready()).toMatchObject({ status: 'False', reason: 'DriveGone' });
    await reconcile();
    expect(host.effects).toEqual(['removeExport e1']);
  });

  test('before that was reported is on record all the same: its content is on that drive', async () => {
    const { host, reconcile, now, ready } = node();
    host.before = (verb) => {
      if (verb === 'applyExport') host.removeDrive('uuid.node2-nvme0n1');
    };
    await expect(reconcile()).rejects.toBeInstanceOf(HostError);
    expect(now()?.status).toMatchObject({ state: 'Created', partitionUUID: uuid });
    expect(await reconcile()).toMatchObject({ kind: 'wait', for: 'DriveGone' });
    expect(host.effects).toContain('removeExport e1');
    expect(ready()).toMatchObject({ status: 'False', reason: 'DriveGone' });
  });

  test('is not said to serve nothing before its export has ended', async () => {
    const { host, reconcile, now } = await servingNode();
    host.removeDrive('uuid.node2-nvme0n1');
    host.before = (verb) => {
      if (verb === 'removeExport') throw new HostError('Timeout', 'configfs did not answer');
    };
    await expect(reconcile()).rejects.toThrow('configfs did not answer');
    expect(now()?.status?.export).toMatchObject({ epoch: 1, state: 'Serving' });
  });
});

test('an address that comes later is waited for, and then served at', async () => {
  const { address, reconcile, now, ready } = node();
  address.endpoint = undefined;
  expect(await reconcile()).toMatchObject({ kind: 'wait', for: 'NoAddress' });
  expect(ready()).toMatchObject({ status: 'False', reason: 'NoAddress' });
  expect(now()?.status?.state).toBe('Created');
  address.endpoint = endpoint;
  expect(await reconcile()).toEqual(settled);
});

test('a node whose address is not known any more goes on serving what it serves, and says so', async () => {
  const { host, address, edit, reconcile, now } = await servingNode();
  address.endpoint = undefined;
  expect(await reconcile()).toEqual(settled);
  expect(host.effects).toEqual([]);
  expect(now()?.status?.export).toMatchObject({ epoch: 1, state: 'Serving', address: endpoint.address });
  edit(({ spec }) => (spec.importers = []));
  await reconcile();
  expect(host.effects).toEqual(['removeExport e1']);
});
