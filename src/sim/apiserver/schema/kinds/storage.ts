/** Notation: ../notation.ts */
export const storageTypes = `
package io.k8s.api.storage.v1
StorageClass
  apiVersion kind: string
  metadata: ObjectMeta
  provisioner!: string
  allowVolumeExpansion: boolean
  allowedTopologies: [TopologySelectorTerm]
  mountOptions: [string]
  parameters: {string}
  reclaimPolicy: string(Delete|Retain|Recycle) = Delete
  volumeBindingMode: string(Immediate|WaitForFirstConsumer) = Immediate
TopologySelectorTerm atomic
  matchLabelExpressions: [TopologySelectorLabelRequirement]
TopologySelectorLabelRequirement
  key!: string
  values!: [string]
VolumeAttachment
  apiVersion kind: string
  metadata: ObjectMeta
  spec!: VolumeAttachmentSpec
  status: VolumeAttachmentStatus
VolumeAttachmentSpec
  attacher! nodeName!: string
  source!: VolumeAttachmentSource
VolumeAttachmentSource
  inlineVolumeSpec: PersistentVolumeSpec
  persistentVolumeName: string
VolumeAttachmentStatus
  attachError detachError: VolumeError
  attached: boolean = false
  attachmentMetadata: {string}
VolumeError
  errorCode: int32
  message: string
  time: time
CSIDriver
  apiVersion kind: string
  metadata: ObjectMeta
  spec!: CSIDriverSpec
CSIDriverSpec
  attachRequired: boolean = true
  podInfoOnMount requiresRepublish seLinuxMount storageCapacity: boolean = false
  fsGroupPolicy: string(None|File|ReadWriteOnceWithFSType) = ReadWriteOnceWithFSType
  nodeAllocatableUpdatePeriodSeconds: int64
  tokenRequests: [TokenRequest]
  volumeLifecycleModes: [string] set = ["Persistent"]
TokenRequest
  audience!: string
  expirationSeconds: int64
CSINode
  apiVersion kind: string
  metadata: ObjectMeta
  spec!: CSINodeSpec
CSINodeSpec
  drivers!: [CSINodeDriver] by name
CSINodeDriver
  allocatable: VolumeNodeResources
  name! nodeID!: string
  topologyKeys: [string]
VolumeNodeResources
  count: int32
CSIStorageCapacity
  apiVersion kind: string
  metadata: ObjectMeta
  capacity maximumVolumeSize: quantity
  nodeTopology: LabelSelector
  storageClassName!: string
`;
