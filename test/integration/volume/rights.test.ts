import { namespace, nodeDeviceName, nodeLeaseName } from '../../../src/api/names';
import { leases, migrations, nodeDevices } from '../../../src/api/resources';
import type { RequestInfo } from '../../../src/sim/apiserver';
import { shippedObjects } from '../../../src/sim/cluster/manifests';
import { driveBytes } from '../../support/cluster/simulated-world';
import { useVirtualWorld } from '../../support/cluster/use-virtual-world';

interface Role {
  readonly kind: string;
  readonly metadata: { readonly namespace?: string };
  readonly rules?: { apiGroups: string[]; resources: string[]; resourceNames?: string[]; verbs: string[] }[];
}

/** One line per right: namespace (none: all), group/resource, verb. */
const granted = (manifest: string): string[] =>
  shippedObjects<Role>(manifest).flatMap(({ kind, metadata, rules = [] }) =>
    rules.flatMap(({ apiGroups, resources, verbs }) => {
      const scope = kind === 'Role' ? `${metadata.namespace} ` : '';
      const kinds = apiGroups.flatMap((group) => resources.map((resource) => `${scope}${group}/${resource}`));
      return kinds.flatMap((resource) => verbs.map((verb) => `${resource} ${verb}`));
    }),
  );

/** The same for what was asked; objects in a namespace may be a Role's. */
const asked = ({ group, resource, subresource, verb }: RequestInfo): string =>
  `${group}/${resource}${subresource && `/${subresource}`} ${verb}`;

const isCovered = (rights: readonly string[], request: RequestInfo): boolean =>
  rights.includes(asked(request)) || rights.includes(`${request.namespace} ${asked(request)}`);

/** Rights that this life has no occasion for, and what needs them. */
const rare: Record<string, readonly string[]> = {
  'base/controller/roles.yaml': [
    // The elections, of which a simulated cluster has none.
    'meshstor coordination.k8s.io/leases get',
    'meshstor coordination.k8s.io/leases create',
    'meshstor coordination.k8s.io/leases update',
  ],
  'base/node/roles.yaml': [],
};
/** Who may list sees as much as who may get; and events are counted when they come again. */
const alike = (right: string): boolean => right.endsWith(' get') || right === 'events.k8s.io/events patch';

describe('the rights of the shipped roles', () => {
  const drives = [{ sizeBytes: driveBytes }];
  const nodes = ['node1', 'node2', 'node3', 'node4'];
  const user = useVirtualWorld({ nodes: Object.fromEntries(nodes.map((node) => [node, { drives }])) });
  const { world } = user;

  it('are what a volume needs from its claim to its end, and nothing else', async () => {
    const requests: RequestInfo[] = [];
    world().hooks.faults = (request) => {
      requests.push(request);
      return undefined;
    };
    const processes = [world().cluster.controller, ...nodes.map((node) => world().cluster.node(node).process)];
    for (const process of processes) process.kill();
    // Its node makes both again.
    await world().done(world().kube.delete(nodeDevices, nodeDeviceName('node4', 'nvme0n1')));
    await world().done(world().kube.delete(leases, nodeLeaseName('node4'), { namespace }));
    for (const process of processes) await world().done(process.start());
    await world().pass(5_000);

    const claim = await user().claim();
    const first = await user().runningPod(claim, { node: 'node1' });
    await user().synced(claim);
    const holders = (await user().partitionsOf(await user().volumeOf(claim))).map(({ spec }) => spec.nodeName);
    await user().deletePod(first);
    const bare = nodes.find((node) => !holders.includes(node))!;
    const second = await user().runningPod(claim, { node: bare });
    await world().eventually('a copy to have followed the pod', async () => {
      const { items } = await world().kube.list(migrations);
      return items.some(({ status }) => status?.phase === 'Completed');
    });
    // The move that is over is cleared away.
    await world().pass(3_700_000);
    await user().deletePod(second);
    await user().deleteClaim(claim);

    for (const [role, clients] of [
      ['base/controller/roles.yaml', ['controller']],
      ['base/node/roles.yaml', nodes],
    ] as const) {
      const rights = granted(role);
      const own = requests.filter(({ client }) => (clients as readonly string[]).includes(client));
      expect(own.filter((request) => !isCovered(rights, request)).map(asked)).toEqual([]);
      const used = new Set(own.flatMap((request) => [asked(request), `${request.namespace} ${asked(request)}`]));
      const idle = rights.filter((right) => !used.has(right) && !alike(right) && !rare[role]!.includes(right));
      expect({ role, idle }).toEqual({ role, idle: [] });
    }
  });
});
