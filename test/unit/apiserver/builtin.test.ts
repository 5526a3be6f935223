import { objectAt, type JsonObject } from '../../../src/sim/apiserver/object/json';
import { builtinResources } from '../../../src/sim/apiserver/registry/builtin/index';
import { refusal, world } from './world';

const claims = 'persistentvolumeclaims/default/';
const claim = (spec: object = {}) => ({
  metadata: { name: 'c' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
});

test('everything that is served has a type with a known shape', () => {
  for (const { versions } of builtinResources) {
    for (const { schema } of versions) expect(schema.properties?.has('metadata')).toBe(true);
  }
});

test.each<[string, object, object]>([
  [
    'pods/default/',
    { spec: { containers: [{ name: 'c', image: 'i' }] } },
    {
      status: { phase: 'Pending', qosClass: 'BestEffort' },
      spec: { restartPolicy: 'Always', terminationGracePeriodSeconds: 30 },
    },
  ],
  [
    'pods/default/',
    { spec: { containers: [{ name: 'c', image: 'i:latest' }] } },
    { spec: { containers: [{ imagePullPolicy: 'Always', terminationMessagePath: '/dev/termination-log' }] } },
  ],
  [
    'pods/default/',
    { spec: { containers: [{ name: 'c', image: 'i:1' }] } },
    { spec: { containers: [{ imagePullPolicy: 'IfNotPresent' }] } },
  ],
  [
    'pods/default/',
    { spec: { containers: [{ name: 'c', image: 'i:1', resources: { limits: { cpu: '0.5', memory: '1024Mi' } } }] } },
    {
      status: { qosClass: 'Guaranteed' },
      spec: { containers: [{ resources: { requests: { cpu: '500m', memory: '1Gi' } } }] },
    },
  ],
  [claims, claim(), { status: { phase: 'Pending' }, spec: { volumeMode: 'Filesystem' } }],
  [
    'persistentvolumes',
    {
      spec: {
        accessModes: ['ReadWriteOnce'],
        capacity: { storage: '1024Mi' },
        csi: { driver: 'd', volumeHandle: 'h' },
      },
    },
    {
      status: { phase: 'Pending' },
      spec: { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem', capacity: { storage: '1Gi' } },
    },
  ],
  ['storageclasses.storage.k8s.io', { provisioner: 'p' }, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }],
  [
    'services/default/',
    { spec: { ports: [{ port: 80 }] } },
    { spec: { type: 'ClusterIP', sessionAffinity: 'None', ports: [{ protocol: 'TCP', targetPort: 80 }] } },
  ],
  ['secrets/default/', { stringData: { a: 'x' } }, { type: 'Opaque', data: { a: 'eA==' } }],
  ['namespaces', {}, { status: { phase: 'Active' }, spec: { finalizers: ['kubernetes'] } }],
  ['nodes', { status: { capacity: { cpu: '4' } } }, { status: { capacity: { cpu: '4' }, allocatable: { cpu: '4' } } }],
  [
    'volumeattachments.storage.k8s.io',
    { spec: { attacher: 'a', nodeName: 'n', source: { persistentVolumeName: 'p' } }, status: { attached: true } },
    { status: { attached: false } },
  ],
  [
    'csidrivers.storage.k8s.io',
    { spec: {} },
    {
      spec: {
        attachRequired: true,
        podInfoOnMount: false,
        volumeLifecycleModes: ['Persistent'],
        fsGroupPolicy: 'ReadWriteOnceWithFSType',
      },
    },
  ],
  [
    'deployments.apps/default/',
    {
      spec: {
        selector: { matchLabels: { a: 'b' } },
        template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
      },
    },
    {
      metadata: { generation: 1 },
      spec: {
        replicas: 1,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      },
    },
  ],
  [
    'daemonsets.apps/default/',
    {
      spec: {
        selector: { matchLabels: { a: 'b' } },
        template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
      },
    },
    { spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } } } },
  ],
])('a new object in %s of %j becomes %j', async (path, given, expected) => {
  const { api } = world();
  expect(await api.create(path, { metadata: { name: 'x' }, ...given })).toMatchObject(expected);
});

test.each<[string, string, object, string]>([
  ['a pod without containers', 'pods/default/', { spec: { containers: [] } }, 'spec.containers: Required value'],
  [
    'a container without image',
    'pods/default/',
    { spec: { containers: [{ name: 'c' }] } },
    'spec.containers[0].image: Required value',
  ],
  [
    'a claim without a size',
    claims,
    { spec: { accessModes: ['ReadWriteOnce'] } },
    'spec.resources[storage]: Required value',
  ],
  ['a claim of nothing', claims, claim({ resources: { requests: { storage: '0' } } }), 'must be greater than zero'],
  ['a claim without access mode', claims, claim({ accessModes: [] }), 'at least 1 access mode is required'],
  [
    'a volume of two kinds',
    'persistentvolumes',
    {
      spec: {
        accessModes: ['ReadWriteOnce'],
        capacity: { storage: '1' },
        nfs: { path: '/', server: 's' },
        csi: { driver: 'd', volumeHandle: 'h' },
      },
    },
    'may not specify more than 1 volume type',
  ],
  [
    'a volume of no kind',
    'persistentvolumes',
    { spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1' } } },
    'must specify a volume type',
  ],
  [
    'an attachment of nothing',
    'volumeattachments.storage.k8s.io',
    { spec: { attacher: 'a', nodeName: 'n', source: {} } },
    'must specify exactly one of inlineVolumeSpec and persistentVolumeName',
  ],
  [
    'a lease without duration',
    'leases.coordination.k8s.io/default/',
    { spec: { leaseDurationSeconds: 0 } },
    'must be greater than 0',
  ],
  [
    'a deployment that does not select its pods',
    'deployments.apps/default/',
    {
      spec: {
        selector: { matchLabels: { a: 'b' } },
        template: { metadata: { labels: { a: 'c' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
      },
    },
    '`selector` does not match template `labels`',
  ],
  [
    'an unknown reclaim policy',
    'storageclasses.storage.k8s.io',
    { provisioner: 'p', reclaimPolicy: 'Burn' },
    'reclaimPolicy: Unsupported value: "Burn"',
  ],
])('%s is refused', async (_, path, body, message) => {
  const { api } = world();
  const error = await refusal(api.create(path, { metadata: { name: 'x' }, ...body }));
  expect(error.code).toBe(422);
  expect(error.message).toContain(message);
});

test('a value of a wrong type is not even decoded', async () => {
  const { api } = world();
  const error = await refusal(api.create('configmaps/default/', { metadata: { name: 'x' }, data: { a: 1 } }));
  expect(error).toMatchObject({ code: 400, reason: 'BadRequest' });
  expect(error.message).toContain('ConfigMap in version "v1" cannot be handled as a ConfigMap: data.a');
});

test.each<[string, object, object, string]>([
  [
    'storageclasses.storage.k8s.io',
    { provisioner: 'p' },
    { parameters: { a: 'b' } },
    'updates to parameters are forbidden.',
  ],
  [
    'volumeattachments.storage.k8s.io',
    { spec: { attacher: 'a', nodeName: 'n', source: { persistentVolumeName: 'p' } } },
    { spec: { nodeName: 'm' } },
    'field is immutable',
  ],
  [
    'persistentvolumes',
    { spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1' }, csi: { driver: 'd', volumeHandle: 'h' } } },
    { spec: { csi: { volumeHandle: 'i' } } },
    'spec.persistentvolumesource is immutable after creation',
  ],
  ['csidrivers.storage.k8s.io', { spec: {} }, { spec: { attachRequired: false } }, 'field is immutable'],
  [
    'clusterrolebindings.rbac.authorization.k8s.io',
    { roleRef: { kind: 'ClusterRole', name: 'r' } },
    { roleRef: { kind: 'ClusterRole', name: 's' } },
    'cannot change roleRef',
  ],
  ['priorityclasses.scheduling.k8s.io', { value: 1 }, { value: 2 }, 'field is immutable'],
])('what is fixed in %s stays', async (path, body, change, message) => {
  const { api } = world();
  await api.create(path, { metadata: { name: 'x' }, ...body });
  expect((await refusal(api.merge(`${path}//x`, change))).message).toContain(message);
});

test('an immutable config map stays as it is', async () => {
  const { api } = world();
  await api.create('configmaps/default/', { metadata: { name: 'c' }, data: { a: '1' }, immutable: true });
  for (const change of [{ data: { a: '2' } }, { immutable: null }]) {
    expect((await refusal(api.merge('configmaps/default/c', change))).message).toContain(
      'field is immutable when `immutable` is set',
    );
  }
});

test('events are the same objects in both groups', async () => {
  const { api } = world();
  await api.create('events.events.k8s.io/default/', {
    metadata: { name: 'e' },
    regarding: { kind: 'Pod', name: 'p' },
    note: 'text',
    reportingController: 'c',
    eventTime: '2026-01-01T00:00:00.000000Z',
  });
  expect(await api.get('events/default/e')).toMatchObject({
    apiVersion: 'v1',
    involvedObject: { kind: 'Pod', name: 'p' },
    message: 'text',
    reportingComponent: 'c',
  });
  expect(await api.get('events.events.k8s.io/default/e')).toMatchObject({
    apiVersion: 'events.k8s.io/v1',
    note: 'text',
  });
  expect(await api.names('events//', { fieldSelector: 'involvedObject.name=p' })).toEqual(['e']);
  expect(await api.names('events.events.k8s.io//', { fieldSelector: 'regarding.name=q' })).toEqual([]);
  const patched = await api.merge('events.events.k8s.io/default/e', { note: 'more' });
  expect(patched).not.toHaveProperty('message');
  expect(await api.get('events/default/e')).toMatchObject({ message: 'more' });
});

test('services get addresses of their own, and keep them', async () => {
  const { api } = world();
  const make = (name: string) =>
    api.create('services/default/', { metadata: { name }, spec: { ports: [{ port: 80 }] } });
  const [one, two] = [await make('one'), await make('two')];
  const ip = (service: JsonObject) => objectAt(service, 'spec').clusterIP;
  expect(ip(one as JsonObject)).not.toBe(ip(two as JsonObject));
  const put = await api.update('services/default/one', { metadata: { name: 'one' }, spec: { ports: [{ port: 81 }] } });
  expect(ip(put as JsonObject)).toBe(ip(one as JsonObject));
});

test('reviews are answered and not stored', async () => {
  const { api, store } = world();
  const before = store.revision;
  const ask = (path: string, spec: object) => api.handle('create', path, { body: { spec } });
  expect(
    await ask('selfsubjectaccessreviews.authorization.k8s.io', { resourceAttributes: { verb: 'get' } }),
  ).toMatchObject({
    body: { status: { allowed: true } },
  });
  expect(await ask('tokenreviews.authentication.k8s.io', { token: 't' })).toMatchObject({
    body: { status: { authenticated: true, user: { username: 'admin' } } },
  });
  expect(await ask('tokenreviews.authentication.k8s.io', {})).toMatchObject({
    body: { status: { authenticated: false } },
  });
  expect(store.revision).toBe(before);
});

test('a service account has tokens', async () => {
  const { api } = world();
  await api.create('serviceaccounts/default/', { metadata: { name: 's' } });
  const result = await api.handle('create', 'serviceaccounts/default/s', {
    subresource: 'token',
    body: { spec: { expirationSeconds: 600 } },
  });
  expect(result).toMatchObject({
    body: { status: { token: expect.stringMatching(/^sim\./), expirationTimestamp: '2026-01-01T00:10:00.000Z' } },
  });
});
