import { describeManifests, entries, the } from './kustomize';
import {
  argument,
  container,
  controllerPod,
  mountersOf,
  nodePod,
  type PodSpec,
  type Probe,
  type Workload,
} from './pods';

describeManifests('the pods', () => {
  describe.each(entries)('of %s', (folder) => {
    const pods = (): PodSpec[] => [controllerPod(folder), nodePod(folder)];

    it('have one privileged container, host', () => {
      const privileged = pods().flatMap(({ containers }) =>
        containers.filter(({ securityContext }) => securityContext.privileged),
      );
      expect(privileged.map(({ name }) => name)).toEqual(['host']);
    });

    it('run every other container without capabilities and without a way to gain any', () => {
      for (const { name, securityContext } of pods().flatMap(({ containers }) => containers)) {
        if (name === 'host') continue;
        expect([name, securityContext]).toEqual([
          name,
          expect.objectContaining({ allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } }),
        ]);
      }
    });

    it('have no container that can write to its image', () => {
      const writable = pods().flatMap(({ containers }) =>
        containers.filter(({ securityContext }) => securityContext.readOnlyRootFilesystem !== true),
      );
      expect(writable.map(({ name }) => name)).toEqual([]);
    });

    it('give a token to those that speak to the API server, and to no other', () => {
      expect(pods().map(({ automountServiceAccountToken }) => automountServiceAccountToken)).toEqual([false, false]);
      expect(mountersOf(controllerPod(folder), 'token')).toEqual([
        'controller',
        'external-provisioner',
        'external-attacher',
      ]);
      expect(mountersOf(nodePod(folder), 'token')).toEqual(['node']);
    });

    it('mount every volume that they declare, and no other', () => {
      for (const { containers, volumes } of pods()) {
        const mounted = new Set(containers.flatMap(({ volumeMounts }) => volumeMounts.map(({ name }) => name)));
        expect([...mounted].sort()).toEqual(volumes.map(({ name }) => name).sort());
      }
    });

    it('are not evicted before others', () => {
      expect(pods().map(({ priorityClassName }) => priorityClassName)).toEqual([
        'system-cluster-critical',
        'system-node-critical',
      ]);
    });

    it('ask for processor and memory in every container', () => {
      for (const { resources } of pods().flatMap(({ containers }) => containers)) {
        expect(Object.keys(resources?.requests ?? {}).sort()).toEqual(['cpu', 'memory']);
      }
    });

    it('probe ports that some container of the pod listens on', () => {
      for (const pod of pods()) {
        const listening = pod.containers.flatMap((each) =>
          ['metrics-address', 'health-address', 'http-endpoint'].flatMap(
            (flag) => argument(each, flag)?.split(':').at(-1) ?? [],
          ),
        );
        expect(listening).toEqual([...new Set(listening)]);
        for (const each of pod.containers) {
          for (const probe of [each.livenessProbe, each.readinessProbe, each.startupProbe]) {
            if (probe) expect(listening).toContain(String(portOf(probe, each.ports)));
          }
        }
      }
    });
  });

  describe('of the nodes', () => {
    it('are replaced one node after the other', () => {
      const { spec } = the<Workload>('config/default', 'DaemonSet', 'meshstor-csi-node');
      expect(spec.updateStrategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } });
    });

    it('run on every node, whatever its taints', () => {
      expect(nodePod().tolerations).toEqual([{ operator: 'Exists' }]);
    });

    it('share the network of the node, but neither its processes nor its IPC', () => {
      const { hostNetwork, hostPID, hostIPC } = nodePod();
      expect({ hostNetwork, hostPID, hostIPC }).toEqual({ hostNetwork: true, hostPID: undefined, hostIPC: undefined });
    });

    it('offer only their metrics to other machines', () => {
      const addresses = nodePod().containers.flatMap((each) =>
        ['metrics-address', 'health-address', 'http-endpoint'].flatMap((flag) => argument(each, flag) ?? []),
      );
      expect(addresses.filter((address) => !address.startsWith('127.0.0.1:'))).toEqual([
        argument(container(nodePod(), 'node'), 'metrics-address'),
      ]);
    });

    it('have the socket of the host agent in a folder of node and host alone, in memory', () => {
      expect(mountersOf(nodePod(), 'host-socket')).toEqual(['node', 'host']);
      expect(nodePod().volumes.find(({ name }) => name === 'host-socket')).toMatchObject({
        emptyDir: { medium: 'Memory' },
      });
      const paths = ['node', 'host'].map((name) => {
        const { volumeMounts } = container(nodePod(), name);
        const { mountPath } = volumeMounts.find(({ name }) => name === 'host-socket')!;
        const socket = argument(container(nodePod(), name), 'host-socket')!;
        expect(socket.startsWith(`${mountPath}/`)).toBe(true);
        return socket;
      });
      expect(paths[0]).toBe(paths[1]);
    });

    it('let node connect to the host agent, but not put a socket of its own in its place', () => {
      const readOnly = ['node', 'host'].map((name) => {
        const { volumeMounts } = container(nodePod(), name);
        return volumeMounts.find((mount) => mount.name === 'host-socket')!.readOnly ?? false;
      });
      expect(readOnly).toEqual([true, false]);
    });

    it('show the host agent the /etc of the node where it is told to look for it', () => {
      const { volumeMounts } = container(nodePod(), 'host');
      const mount = volumeMounts.find(({ name }) => name === 'etc');
      expect(mount).toEqual({ name: 'etc', mountPath: argument(container(nodePod(), 'host'), 'machine-etc') });
      expect(nodePod().volumes.find(({ name }) => name === 'etc')!.hostPath!.path).toBe('/etc');
    });

    it('have the CSI socket where the kubelet is told to look for it', () => {
      const registrar = container(nodePod(), 'node-driver-registrar');
      const folder = nodePod().volumes.find(({ name }) => name === 'csi')!.hostPath!.path;
      expect(folder).toBe('/var/lib/kubelet/plugins/io.meshstor.csi.mesh');
      expect(argument(registrar, 'kubelet-registration-path')).toBe(`${folder}/csi.sock`);
      expect(mountersOf(nodePod(), 'csi')).toEqual(['node', 'node-driver-registrar', 'livenessprobe']);
    });

    it('give the devices, sysfs and the folders of the kubelet to host alone', () => {
      for (const volume of ['dev', 'sys', 'udev', 'etc', 'modules', 'kubelet', 'run'])
        expect(mountersOf(nodePod(), volume)).toEqual(['host']);
    });

    it('let mounts made by host appear on the node, under the same path', () => {
      const mount = container(nodePod(), 'host').volumeMounts.find(({ name }) => name === 'kubelet');
      expect(mount).toEqual({ name: 'kubelet', mountPath: '/var/lib/kubelet', mountPropagation: 'Bidirectional' });
      expect(nodePod().volumes.find(({ name }) => name === 'kubelet')!.hostPath!.path).toBe('/var/lib/kubelet');
    });
  });

  describe('of the controller', () => {
    it('are two, of which one leads', () => {
      const { spec } = the<Workload>('config/default', 'Deployment', 'meshstor-csi-controller');
      expect(spec.replicas).toBe(2);
      const elect = ['leader-elect', 'leader-election', 'leader-election'];
      const names = ['controller', 'external-provisioner', 'external-attacher'];
      names.forEach((name, index) => expect(argument(container(controllerPod(), name), elect[index]!)).toBe(''));
    });

    it('run without root and without anything of the node', () => {
      expect(controllerPod().securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 65532 });
      expect(controllerPod().hostNetwork).toBeUndefined();
      expect(controllerPod().volumes.filter(({ hostPath }) => hostPath)).toEqual([]);
    });

    it('share one CSI socket among all containers', () => {
      expect(mountersOf(controllerPod(), 'csi')).toEqual(controllerPod().containers.map(({ name }) => name));
      const sockets = controllerPod().containers.map(
        (each) => argument(each, 'csi-endpoint') ?? argument(each, 'csi-address'),
      );
      expect(sockets).toEqual(['unix:///csi/csi.sock', '/csi/csi.sock', '/csi/csi.sock', '/csi/csi.sock']);
    });
  });

  describe('with storage capacity', () => {
    it('tell external-provisioner to publish it, and who owns it', () => {
      const provisioner = container(controllerPod('config/current'), 'external-provisioner');
      expect(argument(provisioner, 'enable-capacity')).toBe('');
      expect(argument(provisioner, 'capacity-ownerref-level')).toBe('2');
      expect(provisioner.env!.map(({ name }) => name)).toEqual(['NAMESPACE', 'POD_NAME']);
      expect(argument(container(controllerPod(), 'external-provisioner'), 'enable-capacity')).toBeUndefined();
    });
  });
});

const portOf = (probe: Probe, ports: { name: string; containerPort: number }[] = []): number | string =>
  ports.find(({ name }) => name === probe.httpGet.port)?.containerPort ?? probe.httpGet.port;
