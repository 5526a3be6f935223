import { createNode } from './nodes';
import { itSince, itWithManagers, serverAtLeast, sharedControlPlane } from './shared';
import { until } from './until';

const { kubectl, version } = sharedControlPlane();
const driver = 'harness.test.meshstor.io';
const names = {
  node: 'harness-node',
  class: 'harness',
  claim: 'harness-claim',
  pod: 'harness-pod',
  volume: 'harness-pv',
};

interface Objects {
  items: { metadata: { name: string }; spec: { attacher: string; nodeName: string; source: object } }[];
}

describe('the control plane of the tests', () => {
  it('tells its version and serves kubectl', async () => {
    const { serverVersion } = JSON.parse(await kubectl.run(['version', '--output=json'])) as {
      serverVersion: { gitVersion: string };
    };
    expect(serverVersion.gitVersion).toBe(version);
    expect(serverAtLeast('1.20')).toBe(true);
  });

  it('keeps a custom resource, with its status apart', async () => {
    await kubectl.apply(widgets);
    await kubectl.run(['wait', '--for=condition=Established', `crd/${widgets.metadata.name}`]);
    const widget = { apiVersion: 'test.meshstor.io/v1', kind: 'Widget', metadata: { name: 'one' }, spec: { size: 3 } };
    await kubectl.create({ ...widget, status: { seen: 3 } });
    expect(await kubectl.get('widget', 'one')).toMatchObject({ spec: { size: 3 } });
    expect(await kubectl.get('widget', 'one')).not.toHaveProperty('status');

    await kubectl.run([
      'patch',
      'widget',
      'one',
      '--subresource=status',
      '--type=merge',
      '--patch={"status":{"seen":3}}',
    ]);
    expect(await kubectl.get('widget', 'one')).toMatchObject({ status: { seen: 3 } });
    const refused = await kubectl.try(['patch', 'widget', 'one', '--type=merge', '--patch={"spec":{"size":"big"}}']);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('spec.size') });
    await kubectl.run(['delete', 'crd', widgets.metadata.name]);
  });

  itSince('1.25')('checks the rules of a custom resource', async () => {
    await kubectl.apply(rulesOf('gadgets', 'Gadget'));
    await kubectl.run(['wait', '--for=condition=Established', 'crd/gadgets.test.meshstor.io']);
    const gadget = { apiVersion: 'test.meshstor.io/v1', kind: 'Gadget', metadata: { name: 'one' }, spec: { size: 3 } };
    await kubectl.create(gadget);
    const refused = await kubectl.try(['patch', 'gadget', 'one', '--type=merge', '--patch={"spec":{"size":2}}']);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('size may only grow') });
  });

  describe('with its managers', () => {
    afterAll(async () => {
      await kubectl.run(['delete', '--ignore-not-found', '--wait=false', '--force', `pod/${names.pod}`]);
      await kubectl.run(['delete', '--ignore-not-found', '--wait=false', `pvc/${names.claim}`, `pv/${names.volume}`]);
      await kubectl.run(['delete', '--ignore-not-found', `storageclass/${names.class}`, `node/${names.node}`]);
    });

    itWithManagers(
      'schedules a pod to a fake node, waits for its volume and has the volume attached there',
      async () => {
        await createNode(kubectl, {
          name: names.node,
          labels: { harness: 'yes' },
          drivers: [{ name: driver, nodeID: names.node, topologyKeys: ['harness'] }],
        });
        await kubectl.create(storageClass, claim, pod);
        const selected = '{.metadata.annotations.volume\\.kubernetes\\.io/selected-node}';
        await kubectl.run(['wait', `pvc/${names.claim}`, `--for=jsonpath=${selected}=${names.node}`, '--timeout=60s']);

        // What external-provisioner and external-attacher would do.
        await kubectl.create(volume);
        await kubectl.run(['wait', `pvc/${names.claim}`, '--for=jsonpath={.status.phase}=Bound', '--timeout=60s']);
        await kubectl.run([
          'wait',
          `pod/${names.pod}`,
          `--for=jsonpath={.spec.nodeName}=${names.node}`,
          '--timeout=60s',
        ]);
        const attachment = await until('a VolumeAttachment exists', async () => {
          const { items } = await kubectl.get<Objects>('volumeattachments');
          return items.find(({ spec }) => spec.attacher === driver);
        });
        expect(attachment.spec).toMatchObject({
          nodeName: names.node,
          source: { persistentVolumeName: names.volume },
        });
        const attached = '--patch={"status":{"attached":true}}';
        const name = attachment.metadata.name;
        await kubectl.run(['patch', 'volumeattachment', name, '--subresource=status', '--type=merge', attached]);
        const listed = `--for=jsonpath={.status.volumesAttached[0].name}=kubernetes.io/csi/${driver}^${names.volume}`;
        await kubectl.run(['wait', `node/${names.node}`, listed, '--timeout=60s']);
      },
    );
  });
});

const widgets = rulesOf('widgets', 'Widget', []);

function rulesOf(plural: string, kind: string, rules = [{ rule: 'self >= oldSelf', message: 'size may only grow' }]) {
  const size = { type: 'integer', ...(rules.length > 0 && { 'x-kubernetes-validations': rules }) };
  const object = (properties: object): object => ({ type: 'object', properties });
  const schema = object({ spec: object({ size }), status: object({ seen: { type: 'integer' } }) });
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.test.meshstor.io` },
    spec: {
      group: 'test.meshstor.io',
      scope: 'Cluster',
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [
        { name: 'v1', served: true, storage: true, subresources: { status: {} }, schema: { openAPIV3Schema: schema } },
      ],
    },
  };
}

const storageClass = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: names.class },
  provisioner: driver,
  volumeBindingMode: 'WaitForFirstConsumer',
};
const claimSpec = {
  storageClassName: names.class,
  accessModes: ['ReadWriteOnce'],
  resources: { requests: { storage: '1Gi' } },
};
const claim = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: names.claim, namespace: 'default' },
  spec: claimSpec,
};
const volume = {
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: names.volume },
  spec: {
    storageClassName: names.class,
    accessModes: ['ReadWriteOnce'],
    capacity: { storage: '1Gi' },
    csi: { driver, volumeHandle: names.volume },
    claimRef: { kind: 'PersistentVolumeClaim', namespace: 'default', name: names.claim },
    nodeAffinity: {
      required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'harness', operator: 'In', values: ['yes'] }] }] },
    },
  },
};
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: names.pod, namespace: 'default' },
  spec: {
    nodeSelector: { harness: 'yes' },
    containers: [{ name: 'main', image: 'none', volumeMounts: [{ name: 'data', mountPath: '/data' }] }],
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName: names.claim } }],
  },
};
