import { GenericKind, K8s, RegisterKind, kind } from 'kubernetes-fluent-client';
import type { MeshStorVolumeSpec, MeshStorVolumeStatus } from '../../../api/model';
import { apiGroup, apiVersion, volumes } from '../../../api/resources';

/** For kubernetes-fluent-client, which knows kinds by classes. */
class Msvol extends GenericKind {
  declare spec?: MeshStorVolumeSpec;
  declare status?: MeshStorVolumeStatus;
}
RegisterKind(Msvol, { group: apiGroup, version: apiVersion, kind: volumes.kind, plural: volumes.plural });

export const namespace = 'default';
export const claimName = 'data';
export const podName = 'web';

/** What a person would do with kubectl. The cluster is the one that KUBECONFIG names. */
export const kubernetes = {
  async storageClasses(): Promise<string[]> {
    const { items } = await K8s(kind.StorageClass).Get();
    return items.map(({ metadata }) => metadata?.name ?? '').sort();
  },

  async createClaim(size: string, storageClassName: string): Promise<void> {
    await K8s(kind.PersistentVolumeClaim).Apply({
      metadata: { name: claimName, namespace },
      spec: { accessModes: ['ReadWriteOnce'], storageClassName, resources: { requests: { storage: size } } },
    });
  },

  /** Anywhere, or on the node that is named. */
  async createPod(nodeName?: string): Promise<void> {
    const volumeMounts = [{ name: 'data', mountPath: '/data' }];
    await K8s(kind.Pod).Apply({
      metadata: { name: podName, namespace },
      spec: {
        ...(nodeName && { nodeSelector: { 'kubernetes.io/hostname': nodeName } }),
        containers: [{ name: 'main', image: 'simulated', volumeMounts }],
        volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }],
      },
    });
  },

  volume: (name: string): Promise<Msvol> => K8s(Msvol).Get(name),
  deletePod: (): Promise<void> => K8s(kind.Pod).InNamespace(namespace).Delete(podName),
  deleteClaim: (): Promise<void> => K8s(kind.PersistentVolumeClaim).InNamespace(namespace).Delete(claimName),
};

export type Kubernetes = typeof kubernetes;
