import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startControlPlane, type ControlPlane } from './control-plane';
import { createNode } from './nodes';
import { describeWithManagers, serverAtLeast } from './shared';

/** Which manifests servers of this release take, in the order of an upgrade. */
const folders = serverAtLeast('1.25') ? ['config/default', 'config/current'] : ['config/default'];
const account = (name: string): string => `system:serviceaccount:meshstor:${name}`;
const controller = account('meshstor-csi-controller');
const node = account('meshstor-csi-node');

const nodes = ['n1', 'n2', 'n3'];

// Its own control plane: these objects would be in the way of other tests, or theirs in the way of these.
let plane: ControlPlane;
const kubectl = (): ControlPlane['kubectl'] => plane.kubectl;
const apply = (folder: string): Promise<string> => kubectl().run(['apply', '-k', join(process.cwd(), folder)]);
const outcomes = (output: string): string[] => [
  ...new Set(
    output
      .trim()
      .split('\n')
      .map((line) => line.split(' ').at(-1)!),
  ),
];

beforeAll(async () => {
  plane = await startControlPlane({ withManagers: 'if available' });
  // Before the pods, so that the scheduler can choose.
  for (const name of nodes) await createNode(kubectl(), { name });
  await kubectl().run(['taint', 'node', 'n3', 'dedicated=yes:NoExecute']);
});
afterAll(() => plane.stop());

describe.each(folders)('kubectl apply -k %s', (folder) => {
  it('succeeds, and changes nothing the second time', async () => {
    await apply(folder);
    expect(outcomes(await apply(folder))).toEqual(['unchanged']);
  });

  it('makes the kinds known, with their short names', async () => {
    const established = ['--for=condition=Established', '--timeout=60s'];
    await kubectl().run(['wait', 'crd', '--selector=app.kubernetes.io/part-of=meshstor', ...established]);
    expect(await kubectl().run(['get', 'msvol,mspart,msnd,msmig', '--output=name'])).toBe('');
  });
});

describe('docs/guides/install.md', () => {
  it('shows a claim and a pod that the server takes', async () => {
    const examples = [...readFileSync('docs/guides/install.md', 'utf8').matchAll(/```yaml\n(.*?)```/gs)].map(
      ([, text]) => text!,
    );
    expect(examples).toHaveLength(1);
    const output = await kubectl().run(['apply', '--dry-run=server', '-f', '-'], examples[0]);
    expect(output.trim().split('\n')).toEqual([
      'persistentvolumeclaim/first created (server dry run)',
      'pod/first created (server dry run)',
    ]);
  });
});

describe('the permissions on a real server', () => {
  /** user, verb, resource, subresource or name, namespace, answer */
  const questions: [user: string, verb: string, resource: string, where: Where, allowed: boolean][] = [
    [controller, 'create', 'meshstorvolumes', {}, true],
    [controller, 'delete', 'meshstorvolumes', {}, true],
    [controller, 'update', 'meshstorvolumes', {}, false],
    [controller, 'patch', 'meshstorvolumes', { subresource: 'status' }, true],
    [controller, 'watch', 'meshstorpartitions', {}, true],
    [controller, 'delete', 'meshstorpartitions', {}, true],
    [controller, 'patch', 'meshstorpartitions', { subresource: 'status' }, false],
    [controller, 'list', 'meshstornodedevices', {}, true],
    [controller, 'patch', 'meshstornodedevices', {}, false],
    [controller, 'patch', 'meshstornodedevices', { subresource: 'status' }, false],
    [controller, 'patch', 'meshstormigrations', { subresource: 'status' }, true],
    [controller, 'delete', 'meshstormigrations', {}, true],
    [controller, 'patch', 'meshstormigrations', {}, false],
    [controller, 'create', 'leases', { namespace: 'meshstor' }, true],
    [controller, 'update', 'leases', { namespace: 'meshstor', name: 'meshstor-csi-controller' }, true],
    [controller, 'update', 'leases', { namespace: 'meshstor', name: 'io.meshstor.csi.mesh' }, true],
    [controller, 'update', 'leases', { namespace: 'meshstor', name: 'meshstor-node-n1' }, false],
    [controller, 'create', 'leases', { namespace: 'kube-system' }, false],
    [controller, 'create', 'events.events.k8s.io', { namespace: 'default' }, true],
    [controller, 'create', 'persistentvolumes', {}, true],
    [controller, 'update', 'persistentvolumeclaims', { namespace: 'anywhere' }, true],
    [controller, 'delete', 'persistentvolumeclaims', { namespace: 'anywhere' }, false],
    [controller, 'patch', 'volumeattachments', { subresource: 'status' }, true],
    [controller, 'create', 'volumeattachments', {}, false],
    [controller, 'list', 'nodes', {}, true],
    [controller, 'patch', 'nodes', {}, false],
    [controller, 'get', 'secrets', { namespace: 'meshstor' }, false],
    [controller, 'get', 'secrets', { namespace: 'kube-system' }, false],
    [controller, 'create', 'pods', { namespace: 'meshstor' }, false],

    [node, 'patch', 'meshstorvolumes', {}, true],
    [node, 'patch', 'meshstorvolumes', { subresource: 'status' }, true],
    [node, 'create', 'meshstorvolumes', {}, false],
    [node, 'delete', 'meshstorvolumes', {}, false],
    [node, 'patch', 'meshstorpartitions', { subresource: 'status' }, true],
    [node, 'create', 'meshstorpartitions', {}, false],
    [node, 'delete', 'meshstorpartitions', {}, false],
    [node, 'create', 'meshstornodedevices', {}, true],
    [node, 'patch', 'meshstornodedevices', { subresource: 'status' }, true],
    [node, 'delete', 'meshstornodedevices', {}, false],
    [node, 'patch', 'leases', { namespace: 'meshstor', name: 'meshstor-node-n1' }, true],
    [node, 'create', 'leases', { namespace: 'meshstor' }, true],
    [node, 'update', 'leases', { namespace: 'meshstor', name: 'meshstor-node-n1' }, false],
    [node, 'delete', 'leases', { namespace: 'meshstor', name: 'meshstor-node-n1' }, false],
    [node, 'patch', 'leases', { namespace: 'kube-node-lease', name: 'n1' }, false],
    [node, 'get', 'nodes', {}, true],
    [node, 'list', 'nodes', {}, true],
    [node, 'patch', 'nodes', {}, false],
    [node, 'create', 'events.events.k8s.io', { namespace: 'default' }, true],
    [node, 'get', 'persistentvolumes', {}, false],
    [node, 'get', 'secrets', { namespace: 'meshstor' }, false],
    [node, 'get', 'pods', { namespace: 'meshstor' }, false],

    [account('default'), 'get', 'meshstorvolumes', {}, false],
  ];

  it.each(questions)('%s may %s %s %j: %s', async (user, verb, resource, where, allowed) => {
    const { name, subresource, namespace } = where;
    const object = name ? `${resource}/${name}` : resource;
    const place = namespace ? [`--namespace=${namespace}`] : [];
    const part = subresource ? [`--subresource=${subresource}`] : [];
    const { stdout } = await kubectl().try(['auth', 'can-i', verb, object, ...part, ...place, `--as=${user}`]);
    expect(stdout.trim()).toBe(allowed ? 'yes' : 'no');
  });
});

describeWithManagers('the pods on a real server', () => {
  it('of the nodes go to every node, also to one that is tainted', async () => {
    const scheduled = '--for=jsonpath={.status.desiredNumberScheduled}=3';
    await kubectl().run(['wait', 'daemonset/meshstor-csi-node', '-n=meshstor', scheduled, '--timeout=60s']);
    await kubectl().run([
      'wait',
      'pod',
      ...podsOf('meshstor-csi-node'),
      '--for=condition=PodScheduled',
      '--timeout=60s',
    ]);
    expect(await nodesOf('meshstor-csi-node')).toEqual(nodes);
  });

  it('of the controller are two, and go to different nodes', async () => {
    await kubectl().run([
      'wait',
      'pod',
      ...podsOf('meshstor-csi-controller'),
      '--for=condition=PodScheduled',
      '--timeout=60s',
    ]);
    expect(await nodesOf('meshstor-csi-controller')).toEqual(['n1', 'n2']);
  });

  const podsOf = (app: string): string[] => ['--namespace=meshstor', `--selector=app.kubernetes.io/name=${app}`];

  async function nodesOf(app: string): Promise<string[]> {
    const { items } = await kubectl().get<{ items: { spec: { nodeName: string } }[] }>('pods', ...podsOf(app));
    return items.map(({ spec }) => spec.nodeName).sort();
  }
});

interface Where {
  namespace?: string;
  name?: string;
  subresource?: string;
}
