import type { KubeObject, Resource } from './meta';
import type { MeshStorMigration } from './gen/meshstormigration';
import type { MeshStorNodeDevice } from './gen/meshstornodedevice';
import type { MeshStorPartition } from './gen/meshstorpartition';
import type { MeshStorVolume } from './gen/meshstorvolume';

export const apiGroup = 'csi.meshstor.io';
export const apiVersion = 'v1alpha1';

function own<T extends KubeObject>(kind: string): Resource<T> {
  return { group: apiGroup, version: apiVersion, kind, plural: `${kind.toLowerCase()}s`, namespaced: false };
}

export const volumes = own<MeshStorVolume>('MeshStorVolume');
export const partitions = own<MeshStorPartition>('MeshStorPartition');
export const nodeDevices = own<MeshStorNodeDevice>('MeshStorNodeDevice');
export const migrations = own<MeshStorMigration>('MeshStorMigration');

export interface Lease extends KubeObject {
  spec?: {
    holderIdentity?: string | null;
    leaseDurationSeconds?: number;
    acquireTime?: string | null;
    renewTime?: string | null;
    leaseTransitions?: number;
  };
}
export const leases: Resource<Lease> = {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
};

export interface KubeNode extends KubeObject {
  status?: {
    addresses?: { type: string; address: string }[];
  };
}
export const kubeNodes: Resource<KubeNode> = {
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  namespaced: false,
};
