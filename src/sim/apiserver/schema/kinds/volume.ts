/** Volumes of pods, PersistentVolumes and their claims. Notation: ../notation.ts */
export const volumeTypes = `
package io.k8s.api.core.v1
Volume
  name!: string
  configMap: ConfigMapVolumeSource
  csi: CSIVolumeSource
  downwardAPI: DownwardAPIVolumeSource
  emptyDir: EmptyDirVolumeSource
  ephemeral: EphemeralVolumeSource
  hostPath: HostPathVolumeSource
  nfs: NFSVolumeSource
  persistentVolumeClaim: PersistentVolumeClaimVolumeSource
  projected: ProjectedVolumeSource
  secret: SecretVolumeSource
  image iscsi fc: any
  awsElasticBlockStore azureDisk azureFile cephfs cinder flexVolume flocker gcePersistentDisk gitRepo: any
  glusterfs photonPersistentDisk portworxVolume quobyte rbd scaleIO storageos vsphereVolume: any
ConfigMapVolumeSource
  defaultMode: int32 = 420
  items: [KeyToPath]
  name: string
  optional: boolean
SecretVolumeSource
  defaultMode: int32 = 420
  items: [KeyToPath]
  optional: boolean
  secretName: string
KeyToPath
  key! path!: string
  mode: int32
CSIVolumeSource
  driver! fsType: string
  nodePublishSecretRef: LocalObjectReference
  readOnly: boolean
  volumeAttributes: {string}
DownwardAPIVolumeSource
  defaultMode: int32 = 420
  items: [DownwardAPIVolumeFile]
DownwardAPIVolumeFile
  fieldRef: ObjectFieldSelector
  mode: int32
  path!: string
  resourceFieldRef: ResourceFieldSelector
EmptyDirVolumeSource
  medium: string
  sizeLimit: quantity
EphemeralVolumeSource
  volumeClaimTemplate: PersistentVolumeClaimTemplate
PersistentVolumeClaimTemplate
  metadata: ObjectMeta
  spec!: PersistentVolumeClaimSpec
HostPathVolumeSource
  path!: string
  type: string = ""
NFSVolumeSource
  path! server!: string
  readOnly: boolean
PersistentVolumeClaimVolumeSource
  claimName!: string
  readOnly: boolean
ProjectedVolumeSource
  defaultMode: int32 = 420
  sources: [VolumeProjection]
VolumeProjection
  clusterTrustBundle podCertificate: any
  configMap secret: KeysProjection
  downwardAPI: DownwardAPIProjection
  serviceAccountToken: ServiceAccountTokenProjection
KeysProjection
  items: [KeyToPath]
  name: string
  optional: boolean
DownwardAPIProjection
  items: [DownwardAPIVolumeFile]
ServiceAccountTokenProjection
  audience path!: string
  expirationSeconds: int64 = 3600
PersistentVolume
  apiVersion kind: string
  metadata: ObjectMeta
  spec: PersistentVolumeSpec
  status: PersistentVolumeStatus
PersistentVolumeSpec
  accessModes mountOptions: [string]
  capacity: {quantity}
  claimRef: ClaimReference
  csi: CSIPersistentVolumeSource
  hostPath: HostPathVolumeSource
  local: LocalVolumeSource
  nfs: NFSVolumeSource
  nodeAffinity: VolumeNodeAffinity
  persistentVolumeReclaimPolicy: string(Retain|Delete|Recycle) = Retain
  storageClassName volumeAttributesClassName: string
  volumeMode: string(Filesystem|Block) = Filesystem
  awsElasticBlockStore azureDisk azureFile cephfs cinder fc flexVolume flocker gcePersistentDisk glusterfs: any
  iscsi photonPersistentDisk portworxVolume quobyte rbd scaleIO storageos vsphereVolume: any
ObjectReference atomic
  apiVersion fieldPath kind name namespace resourceVersion uid: string
ClaimReference
  apiVersion fieldPath kind name namespace resourceVersion uid: string
SecretReference atomic
  name namespace: string
CSIPersistentVolumeSource
  controllerExpandSecretRef controllerPublishSecretRef nodeExpandSecretRef: SecretReference
  nodePublishSecretRef nodeStageSecretRef: SecretReference
  driver! fsType volumeHandle!: string
  readOnly: boolean
  volumeAttributes: {string}
LocalVolumeSource
  fsType path!: string
VolumeNodeAffinity
  required: NodeSelector
PersistentVolumeStatus
  lastPhaseTransitionTime: time
  message phase reason: string
PersistentVolumeClaim
  apiVersion kind: string
  metadata: ObjectMeta
  spec: PersistentVolumeClaimSpec
  status: PersistentVolumeClaimStatus
PersistentVolumeClaimSpec
  accessModes: [string]
  dataSource: TypedLocalObjectReference
  dataSourceRef: TypedObjectReference
  resources: VolumeResourceRequirements
  selector: LabelSelector
  storageClassName volumeAttributesClassName volumeName: string
  volumeMode: string(Filesystem|Block) = Filesystem
VolumeResourceRequirements
  limits requests: {quantity}
TypedLocalObjectReference atomic
  apiGroup kind! name!: string
TypedObjectReference
  apiGroup kind! name! namespace: string
PersistentVolumeClaimStatus
  accessModes: [string]
  allocatedResourceStatuses: {string}
  allocatedResources capacity: {quantity}
  conditions: [PersistentVolumeClaimCondition] by type
  currentVolumeAttributesClassName phase: string
  modifyVolumeStatus: any
PersistentVolumeClaimCondition
  lastProbeTime lastTransitionTime: time
  message reason status! type!: string
`;
