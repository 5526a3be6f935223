import type { JsonObject } from '../../../src/sim/apiserver/object/json';
import { humanDuration } from '../../../src/sim/apiserver/object/duration';
import { parseJsonPath } from '../../../src/sim/apiserver/print/jsonpath';
import { tableOf } from '../../../src/sim/apiserver/print/table';
import { Stored } from '../../../src/sim/apiserver/store/stored';
import { GiB, world, type World } from './world';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

test.each<[number, string]>([
  [-2 * second, '<invalid>'],
  [0, '0s'],
  [119 * second, '119s'],
  [2 * minute, '2m'],
  [9 * minute + 5 * second, '9m5s'],
  [10 * minute + 5 * second, '10m'],
  [179 * minute, '179m'],
  [3 * hour, '3h'],
  [7 * hour + 59 * minute, '7h59m'],
  [47 * hour, '47h'],
  [2 * day, '2d'],
  [7 * day + 3 * hour, '7d3h'],
  [8 * day + 3 * hour, '8d'],
  [729 * day, '729d'],
  [730 * day, '2y'],
  [731 * day, '2y1d'],
  [9 * 365 * day, '9y'],
])('%d ms are %s', (ms, text) => {
  expect(humanDuration(ms)).toBe(text);
});

describe('a JSONPath', () => {
  const root = {
    spec: { 'a.b': 1, list: [{ name: 'x', on: true }, { name: 'y' }], map: { k: 'v' } },
    status: {
      conditions: [
        { type: 'Ready', status: 'True' },
        { type: 'Other', status: 'False' },
      ],
      count: 3,
    },
  };

  test.each<[string, unknown[]]>([
    ['.status.count', [3]],
    ['$.status.count', [3]],
    ['.spec.list[1].name', ['y']],
    ['.spec.list[-1].name', ['y']],
    ['.spec.list[*].name', ['x', 'y']],
    ['.spec.map.*', ['v']],
    [".spec['a.b']", [1]],
    ['.spec.a\\.b', [1]],
    ['.status.conditions[?(@.type=="Ready")].status', ['True']],
    [".status.conditions[?(@.type != 'Ready')].status", ['False']],
    ['.spec.list[?(@.on)].name', ['x']],
    ['..name', ['x', 'y']],
    ['.no.such.thing', []],
  ])('%s finds %j', (path, found) => {
    expect(parseJsonPath(path)(root)).toEqual(found);
  });

  test.each([['.a['], ['.a[?(@)'], ['{.a}'], ['.a b[']])('%s cannot be read', (path) => {
    expect(() => parseJsonPath(path)).toThrow();
  });
});

/** One row of a table as kubectl shows it: headings of the columns up to that priority, and cells. */
async function row({ api, clock, core }: World, path: string, priority = 0): Promise<Record<string, unknown>> {
  const object = await api.get(path);
  const { version } = api.request('get', path);
  const options = { include: 'None', apiVersion: 'meta.k8s.io/v1', headers: true, now: clock.now() } as const;
  const table = tableOf(version, new Stored(object, core.store.revision), options);
  const heads = table.columnDefinitions as { name: string; priority: number }[];
  const [{ cells }] = table.rows as unknown as [{ cells: unknown[] }];
  const shown = heads.map(({ name, priority: p }, i) => ({ name, p, cell: cells[i] })).filter(({ p }) => p <= priority);
  return Object.fromEntries(shown.map(({ name, cell }): [string, unknown] => [name, cell]));
}

describe("the product's kinds print their columns", () => {
  const volumes = 'meshstorvolumes.csi.meshstor.io';

  test('of a volume', async () => {
    const w = world();
    await w.api.create(volumes, { metadata: { name: 'v' }, spec: { capacityBytes: GiB } });
    const status = {
      phase: 'Synced',
      mdState: 'active',
      ready: '2/2',
      degradedDevices: 0,
      nodeName: 'n1',
      totalDevices: 2,
    };
    await w.api.merge(`${volumes}//v`, { status }, { subresource: 'status' });
    await w.clock.advance(90 * second);
    expect(await row(w, `${volumes}//v`)).toEqual({
      Name: 'v',
      Phase: 'Synced',
      MdState: 'active',
      Ready: '2/2',
      Degraded: 0,
      Sync: null,
      Node: 'n1',
      Age: '90s',
    });
    expect(await row(w, `${volumes}//v`, 1)).toMatchObject({ Total: 2, Active: null, Failed: null, Missing: null });
  });

  test('of a node device, with the age of its last report', async () => {
    const w = world();
    const devices = 'meshstornodedevices.csi.meshstor.io';
    await w.api.create(devices, { metadata: { name: 'n1-nvme0n1' }, spec: { node: 'n1', device: 'nvme0n1' } });
    await w.api.merge(
      `${devices}//n1-nvme0n1`,
      { status: { updatedAt: '2026-01-01T00:00:00Z' } },
      { subresource: 'status' },
    );
    await w.clock.advance(5 * second);
    const shown = await row(w, `${devices}//n1-nvme0n1`);
    expect(Object.keys(shown).map((name) => name.toUpperCase())).toEqual([
      'NAME',
      'MODEL',
      'SERIAL',
      'LOCALPARTITIONS',
      'REMOTEPARTITIONS',
      'UNKNOWNPARTITIONS',
      'MULTIQUEUE',
      'BIGGESTUSABLEFREESPACE',
      'SIZE',
      'SECTORSIZE',
      'UPDATEDAT',
    ]);
    expect(shown.UpdatedAt ?? shown.UPDATEDAT).toBe('5s');
  });
});

test.each<[string, string, object, object | undefined, Record<string, unknown>]>([
  [
    'nodes',
    '',
    { spec: { unschedulable: true } },
    { conditions: [{ type: 'Ready', status: 'True' }], nodeInfo: { kubeletVersion: 'v1' } },
    { Status: 'Ready,SchedulingDisabled', Roles: '<none>', Version: 'v1' },
  ],
  [
    'persistentvolumeclaims',
    'default',
    {
      spec: {
        accessModes: ['ReadWriteOnce', 'ReadWriteMany'],
        resources: { requests: { storage: '1Gi' } },
        storageClassName: 's',
        volumeName: 'v',
      },
    },
    { phase: 'Bound', capacity: { storage: '2Gi' }, accessModes: ['ReadWriteMany', 'ReadWriteOnce'] },
    { Status: 'Bound', Volume: 'v', Capacity: '2Gi', 'Access Modes': 'RWO,RWX', StorageClass: 's' },
  ],
  [
    'persistentvolumes',
    '',
    {
      spec: {
        accessModes: ['ReadWriteOncePod'],
        capacity: { storage: '1Gi' },
        claimRef: { namespace: 'n', name: 'c' },
        csi: { driver: 'd', volumeHandle: 'h' },
      },
    },
    { phase: 'Bound' },
    { Capacity: '1Gi', 'Access Modes': 'RWOP', 'Reclaim Policy': 'Retain', Status: 'Bound', Claim: 'n/c' },
  ],
  [
    'storageclasses.storage.k8s.io',
    '',
    {
      metadata: { name: 'x', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
      provisioner: 'p',
    },
    undefined,
    {
      Name: 'x (default)',
      Provisioner: 'p',
      ReclaimPolicy: 'Delete',
      VolumeBindingMode: 'Immediate',
      AllowVolumeExpansion: false,
    },
  ],
  [
    'volumeattachments.storage.k8s.io',
    '',
    { spec: { attacher: 'a', nodeName: 'n', source: { persistentVolumeName: 'p' } } },
    { attached: true },
    { Attacher: 'a', PV: 'p', Node: 'n', Attached: true },
  ],
  ['leases.coordination.k8s.io', 'default', { spec: { holderIdentity: 'h' } }, undefined, { Holder: 'h' }],
  ['csinodes.storage.k8s.io', '', { spec: { drivers: [{ name: 'd', nodeID: 'n' }] } }, undefined, { Drivers: 1 }],
  [
    'events',
    'default',
    {
      involvedObject: { kind: 'Pod', name: 'p' },
      type: 'Warning',
      reason: 'R',
      message: ' text ',
      lastTimestamp: '2025-12-31T23:59:00Z',
    },
    undefined,
    { 'Last Seen': '60s', Type: 'Warning', Reason: 'R', Object: 'pod/p', Message: 'text' },
  ],
  ['secrets', 'default', { data: { a: 'eA==' } }, undefined, { Type: 'Opaque', Data: 1 }],
])('%s print their columns', async (resource, namespace, body, status, expected) => {
  const w = world();
  await w.api.create(`${resource}/${namespace}/`, { metadata: { name: 'x' }, ...body });
  if (status) await w.api.merge(`${resource}/${namespace}/x`, { status }, { subresource: 'status' });
  expect(await row(w, `${resource}/${namespace}/x`)).toMatchObject(expected);
});

describe('the status of a pod', () => {
  const running = { state: { running: {} }, ready: true, restartCount: 0 };

  test.each<[string, JsonObject, Record<string, unknown>]>([
    ['is its phase', { phase: 'Pending' }, { Status: 'Pending', Ready: '0/1', Restarts: '0' }],
    [
      'is ready when its containers are',
      { phase: 'Running', containerStatuses: [running] },
      { Status: 'Running', Ready: '1/1' },
    ],
    [
      'is why a container waits',
      {
        phase: 'Running',
        containerStatuses: [{ state: { waiting: { reason: 'CrashLoopBackOff' } }, restartCount: 3 }],
      },
      { Status: 'CrashLoopBackOff', Restarts: '3' },
    ],
    [
      'is how a container ended',
      { phase: 'Failed', containerStatuses: [{ state: { terminated: { exitCode: 3 } } }] },
      { Status: 'ExitCode:3' },
    ],
    [
      'is the signal that ended it',
      { phase: 'Failed', containerStatuses: [{ state: { terminated: { exitCode: 137, signal: 9 } } }] },
      { Status: 'Signal:9' },
    ],
    ['is its own reason', { phase: 'Failed', reason: 'Evicted' }, { Status: 'Evicted' }],
    [
      'is how far its init containers are',
      { phase: 'Pending', initContainerStatuses: [{ state: { running: {} } }] },
      { Status: 'Init:0/0' },
    ],
    [
      'is why an init container waits',
      { phase: 'Pending', initContainerStatuses: [{ state: { waiting: { reason: 'ErrImagePull' } } }] },
      { Status: 'Init:ErrImagePull' },
    ],
  ])('%s', async (_, status, expected) => {
    const w = world();
    await w.api.create('pods/default/', { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'i' }] } });
    await w.api.merge('pods/default/p', { status }, { subresource: 'status' });
    expect(await row(w, 'pods/default/p')).toMatchObject(expected);
  });

  test('is Terminating while it is deleted', async () => {
    const w = world();
    await w.api.create('pods/default/', {
      metadata: { name: 'p' },
      spec: { nodeName: 'n', containers: [{ name: 'c', image: 'i' }] },
    });
    await w.api.handle('delete', 'pods/default/p');
    expect(await row(w, 'pods/default/p')).toMatchObject({ Status: 'Terminating' });
  });
});
