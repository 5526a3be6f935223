import { mkdtempSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApiServer, type RunningApiServer } from '../../../src/sim/apiserver/index';
import { Kubectl } from '../../kube/kubectl';

jest.setTimeout(60_000);

const folder = mkdtempSync(join(tmpdir(), 'apiserver-'));
const crds = join(__dirname, '../../../crds');
let server: RunningApiServer;
let kubectl: Kubectl;
const run = (...args: string[]) => kubectl.run(args);
const fed = (input: object, ...args: string[]) => kubectl.run(args, JSON.stringify(input));

beforeAll(async () => {
  server = await startApiServer();
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, server.kubeconfig());
  kubectl = new Kubectl(process.env.KUBECTL ?? 'kubectl', kubeconfig);
  for (const file of readdirSync(crds).filter((name) => name.startsWith('meshstor'))) {
    await run('apply', '--server-side', '-f', join(crds, file));
  }
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const volume = (name: string, spec: object = {}) => ({
  apiVersion: 'csi.meshstor.io/v1alpha1',
  kind: 'MeshStorVolume',
  metadata: { name },
  spec: { capacityBytes: 2 ** 30, ...spec },
});

test('all four kinds of the product are listed at once, each with its columns', async () => {
  await fed(volume('listed'), 'create', '-f', '-');
  const status = { phase: 'Synced', mdState: 'active', ready: '2/2', degradedDevices: 0, nodeName: 'n1' };
  await run(
    'patch',
    'msvol',
    'listed',
    '--subresource=status',
    '--type=merge',
    `--patch=${JSON.stringify({ status })}`,
  );
  const listed = (await run('get', 'msvol', 'listed', '--no-headers')).trim().split(/\s+/);
  expect(listed.slice(0, 6)).toEqual(['listed', 'Synced', 'active', '2/2', '0', 'n1']);
  expect(await run('get', 'msvol,mspart,msnd,msmig')).toContain('meshstorvolume.csi.meshstor.io/listed');
  expect(await run('get', 'meshstor', '--output=name')).toContain('meshstorvolume.csi.meshstor.io/listed');
});

test('an edit is a patch', async () => {
  await fed(volume('edited'), 'create', '-f', '-');
  const editor = join(folder, 'editor');
  writeFileSync(editor, '#!/bin/sh\nsed -i "s/numberOfCopies: 2/numberOfCopies: 3/" "$1"\n', { mode: 0o755 });
  process.env.KUBE_EDITOR = editor;
  expect(await run('edit', 'msvol', 'edited')).toContain('edited');
  expect(await run('get', 'msvol', 'edited', '--output=jsonpath={.spec.numberOfCopies}')).toBe('3');
});

test('rules refuse what they must, in the words of the definition', async () => {
  await fed(volume('shrunk'), 'create', '-f', '-');
  const patch = JSON.stringify({ spec: { capacityBytes: 2 ** 29 } });
  const refused = await kubectl.try(['patch', 'msvol', 'shrunk', '--type=merge', `--patch=${patch}`]);
  expect(refused.stderr).toContain('capacityBytes may only grow');
});

test('a folder with a kustomization is applied', async () => {
  const base = join(folder, 'base');
  mkdirSync(base);
  const manifests = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kust' } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'app' } },
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'app' }, rules: [] },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'app' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'app' },
      subjects: [{ kind: 'ServiceAccount', name: 'app', namespace: 'kust' }],
    },
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'app' },
      spec: {
        selector: { matchLabels: { app: 'x' } },
        template: {
          metadata: { labels: { app: 'x' } },
          spec: {
            hostNetwork: true,
            containers: [
              {
                name: 'c',
                image: 'i',
                securityContext: { privileged: true, capabilities: { add: ['SYS_ADMIN'] } },
                livenessProbe: { httpGet: { path: '/healthz', port: 'health' } },
                ports: [{ name: 'health', containerPort: 9808 }],
                volumeMounts: [{ name: 'dev', mountPath: '/dev', mountPropagation: 'Bidirectional' }],
              },
            ],
            volumes: [{ name: 'dev', hostPath: { path: '/dev', type: 'Directory' } }],
            tolerations: [{ operator: 'Exists' }],
            priorityClassName: 'system-node-critical',
          },
        },
      },
    },
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'CSIDriver',
      metadata: { name: 'd.example.com' },
      spec: { attachRequired: true },
    },
  ];
  manifests.forEach((manifest, i) => writeFileSync(join(base, `${i}.yaml`), JSON.stringify(manifest)));
  const resources = manifests.map((_, i) => `${i}.yaml`);
  writeFileSync(join(base, 'kustomization.yaml'), JSON.stringify({ namespace: 'kust', resources }));
  expect(await run('apply', '--kustomize', base)).toContain('daemonset.apps/app created');
  expect(await run('apply', '--kustomize', base)).toContain('daemonset.apps/app unchanged');
  expect(await run('get', 'ds', '--namespace=kust', '--no-headers')).toMatch(/^app\s+0\s+0\s+0/);
});

test('a node is cordoned, and drained of its pods through evictions', async () => {
  await fed(
    {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'n1' },
      status: { conditions: [{ type: 'Ready', status: 'True' }] },
    },
    'create',
    '-f',
    '-',
  );
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'i' }] },
  };
  await fed(pod, 'create', '-f', '-');
  const drained = run('drain', 'n1', '--force', '--ignore-daemonsets', '--timeout=30s');
  const gone = (async () => {
    // What a kubelet does: it ends the pod, then says so.
    for (;;) {
      const { stdout } = await kubectl.try(['get', 'pod', 'p', '--output=jsonpath={.metadata.deletionTimestamp}']);
      if (stdout !== '') break;
    }
    await run('delete', 'pod', 'p', '--grace-period=0', '--force', '--wait=false');
  })();
  await Promise.all([drained, gone]);
  expect(await run('get', 'node', 'n1', '--no-headers')).toContain('Ready,SchedulingDisabled');
  await run('uncordon', 'n1');
  expect(await run('describe', 'node', 'n1')).toContain('Unschedulable:      false');
});

test('a watch prints a line per change', async () => {
  await fed(volume('watched'), 'create', '-f', '-');
  const patch = JSON.stringify({ spec: { capacityBytes: 2 ** 31 } });
  const watching = run(
    'get',
    'msvol',
    'watched',
    '--watch',
    '--output-watch-events',
    '--no-headers',
    '--request-timeout=3s',
  );
  const counted = async () => server.hooks.watches.size;
  while ((await counted()) === 0) await new Promise((resolve) => setImmediate(resolve));
  await run('patch', 'msvol', 'watched', '--type=merge', `--patch=${patch}`);
  server.hooks.watches.end(({ resource }) => resource === 'meshstorvolumes');
  const lines = (await watching).trim().split('\n');
  expect(lines.map((line) => line.split(/\s+/).slice(0, 2))).toEqual([
    ['ADDED', 'watched'],
    ['MODIFIED', 'watched'],
  ]);
});

test('a namespace is deleted with what is in it, and kubectl waits for the end', async () => {
  await run('create', 'namespace', 'short-lived');
  await run('create', 'configmap', 'c', '--namespace=short-lived');
  expect(await run('delete', 'namespace', 'short-lived', '--timeout=30s')).toContain('deleted');
  expect((await kubectl.try(['get', 'namespace', 'short-lived'])).stderr).toContain('not found');
});

test('owners are deleted with their dependents, or without', async () => {
  const owner = async (name: string) => {
    await run('create', 'configmap', name);
    const uid = await run('get', 'configmap', name, '--output=jsonpath={.metadata.uid}');
    const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name, uid, blockOwnerDeletion: true }];
    await fed(
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `${name}-child`, ownerReferences } },
      'create',
      '-f',
      '-',
    );
  };
  await owner('foreground');
  await run('delete', 'configmap', 'foreground', '--cascade=foreground', '--timeout=30s');
  expect((await kubectl.try(['get', 'configmap', 'foreground-child'])).code).toBe(1);
  await owner('orphan');
  await run('delete', 'configmap', 'orphan', '--cascade=orphan', '--timeout=30s');
  expect(await run('get', 'configmap', 'orphan-child', '--output=name')).toBe('configmap/orphan-child\n');
});

test('a token can be had, and one can ask who one is', async () => {
  await run('create', 'serviceaccount', 'robot');
  expect(await run('create', 'token', 'robot')).toMatch(/^sim\./);
  expect(await run('auth', 'whoami', '--output=jsonpath={.status.userInfo.username}')).toBe('admin');
});

test('a kubectl that is missing fails', async () => {
  const missing = new Kubectl(join(folder, 'no-such-kubectl'), join(folder, 'kubeconfig'));
  await expect(missing.run(['version'])).rejects.toThrow();
});
