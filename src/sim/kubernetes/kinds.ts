import type { KubeObject, Resource } from '../../api/meta';

/** The Kubernetes kinds that the simulated control plane and nodes work with, as far as they read them. */

export interface Pod extends KubeObject {
  spec: {
    nodeName?: string;
    nodeSelector?: Record<string, string>;
    volumes?: { name: string; persistentVolumeClaim?: { claimName: string; readOnly?: boolean } }[];
    containers?: {
      name: string;
      image?: string;
      volumeMounts?: { name: string; mountPath: string; readOnly?: boolean }[];
      volumeDevices?: { name: string; devicePath: string }[];
    }[];
  };
  status?: {
    phase?: string;
    conditions?: { type: string; status: string; reason?: string; message?: string }[];
    containerStatuses?: { restartCount?: number }[];
    startTime?: string;
    podIP?: string;
  };
}

export interface Claim extends KubeObject {
  spec: {
    accessModes?: string[];
    volumeMode?: string;
    storageClassName?: string;
    volumeName?: string;
    resources?: { requests?: { storage?: string } };
  };
  status?: { phase?: string; capacity?: { storage?: string }; accessModes?: string[] };
}

export interface PersistentVolume extends KubeObject {
  spec: {
    capacity?: { storage?: string };
    accessModes?: string[];
    volumeMode?: string;
    storageClassName?: string;
    persistentVolumeReclaimPolicy?: string;
    mountOptions?: string[];
    claimRef?: { apiVersion?: string; kind?: string; namespace?: string; name?: string; uid?: string };
    csi?: { driver: string; volumeHandle: string; fsType?: string; volumeAttributes?: Record<string, string> };
  };
  status?: { phase?: string };
}

export interface StorageClass extends KubeObject {
  provisioner: string;
  parameters?: Record<string, string>;
  reclaimPolicy?: string;
  mountOptions?: string[];
  volumeBindingMode?: string;
  allowedTopologies?: { matchLabelExpressions?: { key: string; values: string[] }[] }[];
}

export interface VolumeAttachment extends KubeObject {
  spec: { attacher: string; nodeName: string; source: { persistentVolumeName?: string } };
  status?: {
    attached: boolean;
    attachmentMetadata?: Record<string, string>;
    attachError?: { message: string; time?: string };
    detachError?: { message: string; time?: string };
  };
}

export interface CsiNode extends KubeObject {
  spec: { drivers: { name: string; nodeID: string; topologyKeys?: string[] }[] };
}

export interface Node extends KubeObject {
  spec?: { unschedulable?: boolean };
  status?: {
    addresses?: { type: string; address: string }[];
    conditions?: { type: string; status: string; reason?: string; message?: string }[];
    volumesInUse?: string[];
    volumesAttached?: { name: string; devicePath: string }[];
  };
}

const builtIn = <T extends KubeObject>(
  group: string,
  kind: string,
  plural: string,
  namespaced: boolean,
): Resource<T> => ({
  group,
  version: 'v1',
  kind,
  plural,
  namespaced,
});

export const pods = builtIn<Pod>('', 'Pod', 'pods', true);
export const claims = builtIn<Claim>('', 'PersistentVolumeClaim', 'persistentvolumeclaims', true);
export const persistentVolumes = builtIn<PersistentVolume>('', 'PersistentVolume', 'persistentvolumes', false);
export const nodes = builtIn<Node>('', 'Node', 'nodes', false);
export const storageClasses = builtIn<StorageClass>('storage.k8s.io', 'StorageClass', 'storageclasses', false);
export const volumeAttachments = builtIn<VolumeAttachment>(
  'storage.k8s.io',
  'VolumeAttachment',
  'volumeattachments',
  false,
);
export const csiNodes = builtIn<CsiNode>('storage.k8s.io', 'CSINode', 'csinodes', false);

export const claimAnnotations = {
  selectedNode: 'volume.kubernetes.io/selected-node',
  provisioner: 'volume.kubernetes.io/storage-provisioner',
  betaProvisioner: 'volume.beta.kubernetes.io/storage-provisioner',
  provisionedBy: 'pv.kubernetes.io/provisioned-by',
} as const;
export const claimProtection = 'kubernetes.io/pvc-protection';

/** Claims that a pod mounts. */
export const claimsOf = (pod: Pod): string[] =>
  (pod.spec.volumes ?? []).flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []);

/** Whether the pod holds on to its volumes. */
export const isActive = ({ status }: Pod): boolean => status?.phase !== 'Succeeded' && status?.phase !== 'Failed';
