import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { readCrds } from '../../../scripts/generate/schema';
import { withoutRules } from '../../../scripts/generate/without-rules';
import { driverName, namespace } from '../../../src/api/names';
import { allOf, build, describeManifests, entries, the, type Manifest } from './kustomize';
import type { Workload } from './pods';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const identity = ({ apiVersion, kind, metadata }: Manifest): string =>
  [apiVersion, kind, metadata.namespace, metadata.name].join(' ');
const clusterScoped = [
  'Namespace',
  'CSIDriver',
  'StorageClass',
  'CustomResourceDefinition',
  'ClusterRole',
  'ClusterRoleBinding',
];

describeManifests('the manifests', () => {
  describe.each(entries)('%s', (folder) => {
    it('has every object once', () => {
      const names = build(folder).map(identity);
      expect(names).toEqual([...new Set(names)]);
    });

    it(`keeps what has a namespace in ${namespace}`, () => {
      for (const object of build(folder)) {
        const expected = clusterScoped.includes(object.kind) ? undefined : namespace;
        expect([identity(object), object.metadata.namespace]).toEqual([identity(object), expected]);
      }
    });

    it('marks everything as part of meshstor', () => {
      const unmarked = build(folder).filter(
        ({ metadata }) => metadata.labels?.['app.kubernetes.io/part-of'] !== 'meshstor',
      );
      expect(unmarked.map(identity)).toEqual([]);
    });

    it('pins every image to a version, its own to that of the package', () => {
      const workloads = [...allOf<Workload>(folder, 'Deployment'), ...allOf<Workload>(folder, 'DaemonSet')];
      const images = workloads.flatMap(({ spec }) => spec.template.spec.containers.map(({ image }) => image));
      expect(images.filter((image) => !/:v?\d+\.\d+\.\d+$/.test(image))).toEqual([]);
      const own = images.filter((image) => /(^|\/)meshstor:/.test(image));
      expect(own.map((image) => image.split(':').at(-1))).toEqual([version, version, version]);
    });

    it('selects with every Service, workload and budget the pods of one workload', () => {
      const labels = [...allOf<Workload>(folder, 'Deployment'), ...allOf<Workload>(folder, 'DaemonSet')].map(
        ({ metadata, spec }) => {
          expect(spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels);
          return { 'app.kubernetes.io/name': metadata.name };
        },
      );
      for (const { spec } of allOf<{ spec: { selector: object } }>(folder, 'Service')) {
        expect(labels).toContainEqual(spec.selector);
      }
      for (const { spec } of allOf<{ spec: { selector: { matchLabels: object } } }>(folder, 'PodDisruptionBudget')) {
        expect(labels).toContainEqual(spec.selector.matchLabels);
      }
    });

    it('lets only the privileged level of pod security admit its pods', () => {
      expect(the(folder, 'Namespace', namespace).metadata.labels).toMatchObject({
        'pod-security.kubernetes.io/enforce': 'privileged',
      });
    });

    it('describes the driver', () => {
      const { spec } = the<{ spec: object }>(folder, 'CSIDriver', driverName);
      expect(spec).toEqual({
        attachRequired: true,
        podInfoOnMount: false,
        fsGroupPolicy: 'File',
        volumeLifecycleModes: ['Persistent'],
        ...(folder !== 'config/default' && { storageCapacity: true }),
      });
    });
  });

  describe('the storage classes', () => {
    interface StorageClass {
      provisioner: string;
      parameters: Record<string, string>;
      volumeBindingMode: string;
      reclaimPolicy: string;
      allowVolumeExpansion: boolean;
    }
    const isDefault = 'storageclass.kubernetes.io/is-default-class';
    const classes = (): (StorageClass & Manifest)[] => allOf<StorageClass>('config/default', 'StorageClass');

    it.each([
      ['meshstor-replicated', { numberOfCopies: '2' }],
      ['meshstor-local-storage', { numberOfCopies: '1' }],
      ['meshstor-striped', { numberOfCopies: '2', drivesPerCopy: '2' }],
    ])('%s asks for %j', (name, parameters) => {
      const found = the<StorageClass>('config/default', 'StorageClass', name);
      expect(found.parameters).toEqual({ ...parameters, 'csi.storage.k8s.io/fstype': 'xfs' });
    });

    it('are those of this driver, bind late, and do not offer expansion, which is not there yet', () => {
      expect(classes()).toHaveLength(3);
      for (const storageClass of classes()) {
        expect(storageClass).toMatchObject({
          provisioner: driverName,
          volumeBindingMode: 'WaitForFirstConsumer',
          reclaimPolicy: 'Delete',
          allowVolumeExpansion: false,
        });
      }
    });

    it('have meshstor-replicated as default, and nothing else', () => {
      const defaults = classes().filter(({ metadata }) => metadata.annotations?.[isDefault] === 'true');
      expect(defaults.map(({ metadata }) => metadata.name)).toEqual(['meshstor-replicated']);
    });
  });

  describe('the custom resource definitions', () => {
    const files = readdirSync('crds').filter((name) => name.endsWith('.yaml'));
    const originals = files.map((file) => parse(readFileSync(`crds/${file}`, 'utf8')) as Manifest);

    it.each(['config/current', 'config/overlays/example'])('are in %s as in crds/', (folder) => {
      expect(sorted(allOf(folder, 'CustomResourceDefinition'))).toEqual(sorted(originals));
    });

    it('are in config/default as in crds/, but for the rules that Kubernetes knows from 1.25 on', () => {
      const stripped = originals.map((crd) => withoutKey(crd, 'x-kubernetes-validations') as Manifest);
      expect(stripped).not.toEqual(originals);
      expect(sorted(allOf('config/default', 'CustomResourceDefinition'))).toEqual(sorted(stripped));
    });

    it('lose those rules by a component that `make generate` keeps up to date', () => {
      const component = readFileSync('config/components/no-validation-rules/kustomization.yaml', 'utf8');
      expect(parse(component)).toEqual(parse(withoutRules(readCrds('crds'))));
    });
  });
});

const sorted = (objects: Manifest[]): Manifest[] =>
  [...objects].sort((a, b) => a.metadata.name.localeCompare(b.metadata.name));

function withoutKey(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutKey(item, key));
  if (typeof value !== 'object' || value === null) return value;
  const rest = Object.entries(value).filter(([name]) => name !== key);
  return Object.fromEntries(rest.map(([name, child]) => [name, withoutKey(child, key)]));
}
