import { allOf, describeManifests, entries, type Manifest } from './kustomize';

interface Rule {
  apiGroups: string[];
  resources: string[];
  resourceNames?: string[];
  verbs: string[];
}
interface Binding {
  roleRef: { kind: string; name: string };
  subjects: { kind: string; name: string; namespace: string }[];
}

const read = ['get', 'list', 'watch'];
const meshstor = 'csi.meshstor.io';
const capacity = 'for storage capacity';

/**
 * Everything each ServiceAccount may do: scope (cluster, or the namespace), resource, verbs. A line here is the
 * reviewed decision; a verb in the manifests that is not here, or the other way round, fails.
 */
const table: [account: string, scope: string, resource: string, verbs: string[], note?: string][] = [
  ['meshstor-csi-controller', 'cluster', `${meshstor}/meshstorvolumes`, [...read, 'create', 'patch', 'delete']],
  ['meshstor-csi-controller', 'cluster', `${meshstor}/meshstorvolumes/status`, ['patch']],
  ['meshstor-csi-controller', 'cluster', `${meshstor}/meshstorpartitions`, [...read, 'create', 'patch', 'delete']],
  ['meshstor-csi-controller', 'cluster', `${meshstor}/meshstornodedevices`, read],
  ['meshstor-csi-controller', 'cluster', `${meshstor}/meshstormigrations`, [...read, 'create', 'delete']],
  ['meshstor-csi-controller', 'cluster', `${meshstor}/meshstormigrations/status`, ['patch']],
  ['meshstor-csi-controller', 'cluster', 'events.k8s.io/events', ['create', 'patch']],
  ['meshstor-csi-controller', 'meshstor', 'coordination.k8s.io/leases', [...read, 'create']],
  ['meshstor-csi-controller', 'meshstor', 'coordination.k8s.io/leases/meshstor-csi-controller', ['update']],
  ['meshstor-csi-controller', 'meshstor', 'coordination.k8s.io/leases/io.meshstor.csi.mesh', ['update']],
  [
    'meshstor-csi-controller',
    'meshstor',
    'coordination.k8s.io/leases/external-attacher-leader-io.meshstor.csi.mesh',
    ['update'],
  ],
  // external-provisioner and external-attacher, which share its pod and account.
  ['meshstor-csi-controller', 'cluster', '/persistentvolumes', [...read, 'create', 'patch', 'delete']],
  ['meshstor-csi-controller', 'cluster', '/persistentvolumeclaims', [...read, 'update']],
  ['meshstor-csi-controller', 'cluster', '/nodes', read],
  ['meshstor-csi-controller', 'cluster', '/events', ['list', 'watch', 'create', 'update', 'patch']],
  ['meshstor-csi-controller', 'cluster', 'storage.k8s.io/storageclasses', read],
  ['meshstor-csi-controller', 'cluster', 'storage.k8s.io/csinodes', read],
  ['meshstor-csi-controller', 'cluster', 'storage.k8s.io/volumeattachments', [...read, 'patch']],
  ['meshstor-csi-controller', 'cluster', 'storage.k8s.io/volumeattachments/status', ['patch']],
  [
    'meshstor-csi-controller',
    'meshstor',
    'storage.k8s.io/csistoragecapacities',
    [...read, 'create', 'update', 'patch', 'delete'],
    capacity,
  ],
  ['meshstor-csi-controller', 'meshstor', '/pods', ['get'], capacity],
  ['meshstor-csi-controller', 'meshstor', 'apps/replicasets', ['get'], capacity],

  ['meshstor-csi-node', 'cluster', `${meshstor}/meshstorvolumes`, [...read, 'patch']],
  ['meshstor-csi-node', 'cluster', `${meshstor}/meshstorvolumes/status`, ['patch']],
  ['meshstor-csi-node', 'cluster', `${meshstor}/meshstorpartitions`, [...read, 'patch']],
  ['meshstor-csi-node', 'cluster', `${meshstor}/meshstorpartitions/status`, ['patch']],
  ['meshstor-csi-node', 'cluster', `${meshstor}/meshstornodedevices`, [...read, 'create']],
  ['meshstor-csi-node', 'cluster', `${meshstor}/meshstornodedevices/status`, ['patch']],
  ['meshstor-csi-node', 'cluster', '/nodes', read],
  ['meshstor-csi-node', 'cluster', 'events.k8s.io/events', ['create', 'patch']],
  ['meshstor-csi-node', 'meshstor', 'coordination.k8s.io/leases', ['create', 'patch']],
];

describeManifests('the permissions', () => {
  it.each(entries)('in %s are those of the table', (folder) => {
    const withCapacity = folder !== 'config/default';
    const expected = table
      .filter(([, , , , note]) => withCapacity || note !== capacity)
      .flatMap(([account, scope, resource, verbs]) => verbs.map((verb) => [account, scope, resource, verb].join(' ')));
    expect(granted(folder)).toEqual([...new Set(expected)].sort());
  });

  it.each(entries)('in %s are given to the ServiceAccounts of the manifests, by roles that exist', (folder) => {
    const accounts = allOf(folder, 'ServiceAccount').map(({ metadata }) => metadata.name);
    expect(accounts.sort()).toEqual(['meshstor-csi-controller', 'meshstor-csi-node']);
    for (const { subjects } of bindings(folder)) {
      expect(subjects).toEqual([{ kind: 'ServiceAccount', name: expect.any(String), namespace: 'meshstor' }]);
      expect(accounts).toContain(subjects[0]!.name);
    }
    const bound = bindings(folder).map(({ roleRef }) => `${roleRef.kind} ${roleRef.name}`);
    const defined = [...allOf(folder, 'Role'), ...allOf(folder, 'ClusterRole')].map(
      ({ kind, metadata }) => `${kind} ${metadata.name}`,
    );
    expect(bound.sort()).toEqual(defined.sort());
  });

  it.each(entries)('in %s have no wildcard', (folder) => {
    expect(granted(folder).filter((line) => line.includes('*'))).toEqual([]);
  });

  it.each(entries)('in %s come with no token that is mounted by itself', (folder) => {
    for (const account of allOf<{ automountServiceAccountToken: boolean }>(folder, 'ServiceAccount')) {
      expect(account.automountServiceAccountToken).toBe(false);
    }
  });
});

const bindings = (folder: string): (Binding & Manifest)[] => [
  ...allOf<Binding>(folder, 'RoleBinding'),
  ...allOf<Binding>(folder, 'ClusterRoleBinding'),
];

/** One line per account, scope, resource (or object) and verb. */
function granted(folder: string): string[] {
  const roles = [...allOf<{ rules: Rule[] }>(folder, 'Role'), ...allOf<{ rules: Rule[] }>(folder, 'ClusterRole')];
  const lines = bindings(folder).flatMap(({ kind, metadata, roleRef, subjects }) => {
    const scope = kind === 'ClusterRoleBinding' ? 'cluster' : metadata.namespace!;
    const role = roles.find((role) => role.kind === roleRef.kind && role.metadata.name === roleRef.name);
    return subjects.flatMap(({ name }) =>
      role!.rules.flatMap((rule) => linesOf(rule).map((line) => `${name} ${scope} ${line}`)),
    );
  });
  return [...new Set(lines)].sort();
}

function linesOf({ apiGroups, resources, resourceNames, verbs }: Rule): string[] {
  const kinds = apiGroups.flatMap((group) => resources.map((resource) => `${group}/${resource}`));
  const objects = resourceNames ? kinds.flatMap((kind) => resourceNames.map((name) => `${kind}/${name}`)) : kinds;
  return objects.flatMap((object) => verbs.map((verb) => `${object} ${verb}`));
}
