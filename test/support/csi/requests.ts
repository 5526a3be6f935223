import {
  ControllerPublishVolumeRequest,
  CreateVolumeRequest,
  NodePublishVolumeRequest,
  NodeStageVolumeRequest,
  type DeepPartial,
  type VolumeCapability_AccessMode_Mode,
} from '../../../src/csi/gen/csi';

export const GiB = 1024 ** 3;

type Mode = VolumeCapability_AccessMode_Mode;

export const fileSystem = (
  mode: Mode = 'SINGLE_NODE_WRITER',
  mount: { fsType?: string; mountFlags?: string[] } = {},
) => ({
  accessType: { $case: 'mount' as const, mount: { fsType: '', mountFlags: [], volumeMountGroup: '', ...mount } },
  accessMode: { mode },
});

export const block = (mode: Mode = 'SINGLE_NODE_WRITER') => ({
  accessType: { $case: 'block' as const, block: {} },
  accessMode: { mode },
});

/** A request that is fine, with changes. */
export const create = (changes: DeepPartial<CreateVolumeRequest> = {}) =>
  CreateVolumeRequest.fromPartial({
    name: 'pvc-1',
    capacityRange: { requiredBytes: `${GiB}` },
    volumeCapabilities: [fileSystem()],
    ...changes,
  });

export const attach = (changes: DeepPartial<ControllerPublishVolumeRequest> = {}) =>
  ControllerPublishVolumeRequest.fromPartial({
    volumeId: 'pvc-1',
    nodeId: 'n1',
    volumeCapability: fileSystem(),
    ...changes,
  });

export const stagingPath = '/var/lib/kubelet/plugins/kubernetes.io/csi/io.meshstor.csi.mesh/pvc-1/globalmount';
export const targetPath = (pod: string) => `/var/lib/kubelet/pods/${pod}/volumes/kubernetes.io~csi/pvc-1/mount`;

export const stage = (changes: DeepPartial<NodeStageVolumeRequest> = {}) =>
  NodeStageVolumeRequest.fromPartial({
    volumeId: 'pvc-1',
    stagingTargetPath: stagingPath,
    volumeCapability: fileSystem(),
    ...changes,
  });

export const publish = (changes: DeepPartial<NodePublishVolumeRequest> = {}) =>
  NodePublishVolumeRequest.fromPartial({
    volumeId: 'pvc-1',
    stagingTargetPath: stagingPath,
    targetPath: targetPath('a'),
    volumeCapability: fileSystem(),
    ...changes,
  });
